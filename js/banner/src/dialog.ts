import type { Purpose } from "../../tag/src/handle";
import type { Asker } from "./asker";
import { corner, make } from "./element";
import { NoticeChanged } from "./grant";
import { type Notice, language, type Texts } from "./notice";

const RIGHT_TO_LEFT = /^(ar|ckb|dv|fa|he|ku|ps|sd|ug|ur|yi)\b/;
const SAVED_SHOWS_MS = 4000;

/** What the dialog may do; a rejected promise means that nothing was recorded. */
export interface Deeds {
  grant(notice: Notice, purposes: Purpose[]): Promise<void>;
  withdraw(): Promise<void>;
  refuse(): void;
  /** The notice now in force, for an ask under one that was not any more. */
  renew(): Promise<Notice>;
}

/** The ask: a dialog that blocks nothing. Three ways to answer of equal weight; Escape is a no. */
export class Dialog {
  private readonly host: HTMLElement;
  private readonly root: ShadowRoot;
  /** There before it speaks: screen readers pass over a region that comes with its words. */
  private readonly status = make("div", { role: "status" });
  /** Some pages put a new body in place of the old one when a link is followed. */
  private readonly moved = new MutationObserver(() => {
    if (!this.host.isConnected) document.body?.prepend(this.host);
  });
  private readonly before = document.activeElement as HTMLElement | null;
  private texts!: Texts;
  private locale!: string;
  /** An answer is on its way. */
  busy = false;
  private renewed = false;
  private wrong!: HTMLElement;
  private dismiss!: () => void;

  /** `closed` is called once, when it is gone. */
  constructor(
    private readonly tag: Asker,
    private notice: Notice,
    private readonly deeds: Deeds,
    /** A person asked for it, so it may take the focus. */
    private readonly again: boolean,
    private readonly closed: () => void,
  ) {
    ({ host: this.host, root: this.root } = corner());
    this.root.append(this.status);
    this.moved.observe(document.documentElement, { childList: true });
    document.addEventListener("keydown", this.escape);
    this.first();
  }

  /** Bring it to the reader's attention. */
  focus(): void {
    this.root.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  /** Take it away; `saved` says shortly what was kept. */
  close(saved = ""): void {
    document.removeEventListener("keydown", this.escape);
    this.moved.disconnect();
    const held = document.activeElement == this.host;
    if (saved) {
      this.root.querySelector("section")?.remove();
      this.status.append(make("section", { lang: this.locale, dir: this.direction() }, make("p", {}, saved)));
      setTimeout(() => this.host.remove(), SAVED_SHOWS_MS);
    } else this.host.remove();
    // Back to where the reader was, unless they have moved on.
    if (held && this.before?.isConnected) this.before.focus({ preventScroll: true });
    this.closed();
  }

  private readonly escape = (event: KeyboardEvent): void => {
    // One that ends a word being composed speaks to the input method.
    if (event.key == "Escape" && !event.isComposing && !event.defaultPrevented && !this.busy) this.dismiss();
  };

  /** The first layer: what is in force, or the question. */
  private first(): void {
    const { state } = this.tag.api_.consent.status();
    this.locale = language(Object.keys(this.notice.texts));
    this.texts = this.notice.texts[this.locale]!;
    if (state == "yes") this.standing();
    else this.question(state == "no");
  }

  private question(refused: boolean): void {
    const { texts } = this;
    this.dismiss = this.no;
    const buttons = [
      this.button(texts.no, () => this.no()),
      this.button(texts.yes, () => this.yes(this.notice.purposes)),
    ];
    if (this.optional().length)
      buttons.splice(
        1,
        0,
        this.button(texts.choose, () => this.choices()),
      );
    const lines = this.notice.purposes.map((purpose) => make("li", {}, texts.purposes[purpose]!));
    this.show(
      texts.title,
      ...(refused ? [make("p", {}, texts.current_no)] : []),
      make("p", {}, texts.intro),
      make("ul", {}, ...lines),
      make("p", {}, texts.note),
      ...this.answers(buttons),
    );
  }

  /** The second layer: measuring is part of any yes, the rest is ticked one by one. */
  private choices(): void {
    const { texts } = this;
    const { list, ticked } = this.ticks([]);
    this.show(
      texts.title,
      make("p", {}, texts.intro),
      make("ul", {}, make("li", {}, texts.purposes.measure!)),
      list,
      make("p", {}, texts.note),
      ...this.answers([
        this.button(texts.no, () => this.no()),
        this.button(texts.save, () => this.yes(["measure", ...ticked()])),
      ]),
    );
  }

  /** Reopened under a yes: change it, or stop and erase. */
  private standing(): void {
    const { texts } = this;
    const { purposes } = this.tag.api_.consent.status();
    this.dismiss = this.close;
    const { list, ticked } = this.ticks(purposes);
    const save = (): void => {
      const chosen: Purpose[] = ["measure", ...ticked()];
      const same = chosen.length == purposes.length && chosen.every((purpose) => purposes.includes(purpose));
      if (same) this.close();
      else this.yes(chosen);
    };
    this.show(
      texts.settings,
      make("p", {}, texts.current_yes),
      make("ul", {}, make("li", {}, texts.purposes.measure!)),
      list,
      ...(texts.see ? [make("p", {}, this.seeing(texts.see))] : []),
      ...this.answers([
        this.button(texts.withdraw, () => this.attempt(() => this.deeds.withdraw(), texts.saved_no)),
        this.button(texts.save, save),
      ]),
    );
  }

  private show(title: string, ...content: Node[]): void {
    const heading = make("h2", { id: "title", tabindex: "-1" }, title);
    const attributes = {
      role: "dialog",
      "aria-labelledby": "title",
      lang: this.locale,
      dir: this.direction(),
    };
    // Never taken from a field the reader is typing into.
    const free = this.again || this.before == document.body || this.root.activeElement;
    this.root.querySelector("section")?.remove();
    this.root.prepend(make("section", attributes, heading, ...content));
    if (free) this.focus();
  }

  private answers(buttons: HTMLElement[]): Node[] {
    const { texts } = this;
    this.wrong = make("p", { class: "wrong", role: "alert" });
    const address = `${this.tag.base_}notice/${this.notice.notice}`;
    const link = make("a", { href: address, target: "_blank", rel: "privacy-policy noopener" }, texts.notice);
    return [
      this.wrong,
      make("div", { class: "row" }, ...buttons),
      make("small", {}, link, ` · ${texts.change}`),
    ];
  }

  private ticks(chosen: Purpose[]): { list: HTMLElement; ticked: () => Purpose[] } {
    const boxes = this.optional().map((purpose) => {
      const box = make("input", { type: "checkbox", name: purpose });
      box.checked = chosen.includes(purpose);
      return { purpose, box };
    });
    const lines = boxes.map(({ purpose, box }) =>
      make("li", {}, make("label", {}, box, make("span", {}, this.texts.purposes[purpose]!))),
    );
    const ticked = (): Purpose[] => boxes.filter(({ box }) => box.checked).map(({ purpose }) => purpose);
    return { list: make("ul", { class: "pick" }, ...lines), ticked };
  }

  private button(label: string, deed: () => void): HTMLElement {
    const button = make("button", { type: "button" }, label);
    // The second half of a double click was meant for the layer before, not for the answer that took its place.
    button.addEventListener("click", ({ detail }) => {
      if (!this.busy && detail < 2) deed();
    });
    return button;
  }

  /** To the visitor's page, with the key that opens it: never in an address that the page could read or keep. */
  private seeing(label: string): HTMLElement {
    const link = make(
      "a",
      { href: `${this.tag.base_}you`, target: "_blank", rel: "privacy-policy noopener" },
      label,
    );
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.tag.api_.you();
    });
    return link;
  }

  private optional(): Purpose[] {
    return this.notice.purposes.filter((purpose) => purpose != "measure");
  }

  private direction(): string {
    return RIGHT_TO_LEFT.test(this.locale) ? "rtl" : "ltr";
  }

  private no(): void {
    this.busy = true;
    if (this.tag.api_.consent.status().state != "no") this.deeds.refuse();
    this.close(this.texts.saved_no);
  }

  private yes(purposes: Purpose[]): void {
    this.attempt(() => this.deeds.grant(this.notice, purposes), this.texts.saved_yes);
  }

  /** Until the collector has answered nothing is claimed; what fails is said, and the question stays. */
  private async attempt(deed: () => Promise<void>, saved: string): Promise<void> {
    this.busy = true;
    this.wrong.textContent = "";
    try {
      await deed();
      this.close(saved);
    } catch (error) {
      console.warn(`Byleave: ${(error as Error).message}`);
      if (error instanceof NoticeChanged && !this.renewed) await this.renew();
      this.wrong.textContent = this.texts.failed;
    } finally {
      this.busy = false;
    }
  }

  /** Once, so that two notices that contradict each other never make a loop. */
  private async renew(): Promise<void> {
    this.renewed = true;
    try {
      this.notice = await this.deeds.renew();
      this.first();
    } catch {} // the failure is said either way
  }
}
