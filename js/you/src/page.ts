import { choices, headline } from "./choice";
import { confirm } from "./confirm";
import { attend, button, make, section } from "./element";
import { save } from "./file";
import { journeys } from "./journey";
import { enter, keep, saveKey } from "./keep";
import { turn } from "./language";
import { Progress } from "./progress";
import { receipts } from "./receipt";
import { columns, rows } from "./rows";
import { newest, seen } from "./seen";
import { Tongue } from "./tongue";
import { askCsv, askMe, erase, type Told, Trouble } from "./wire";

const TOAST_MS = 6_000;

/** The visitor's page: one of its states at a time in `main`. The key lives in this object and nowhere else. */
export class Page {
  private tongue = new Tongue();
  private told: Told | undefined;
  private trouble: Trouble | undefined;
  private progress: Progress | undefined;
  /** The name of the sentence that heads the page after an erasure. */
  private erased = "";
  /** Counts the questions, so that a late answer to an earlier one is not shown. */
  private asked = 0;
  private fading: ReturnType<typeof setTimeout> | undefined;

  constructor(private key: string) {
    document.body.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("nav a");
      if (!link) return;
      event.preventDefault();
      void this.speak(link.search);
    });
  }

  /** Begin with the key of the address; "" for none. */
  async begin(): Promise<void> {
    // Without a key the website one came from is all that tells whom to ask; browsers tell its origin alone.
    const from = this.key ? "" : document.referrer;
    if (from && !document.body.dataset.site) {
      const asked = new URLSearchParams({ lang: this.tongue.language, site: new URL(from).hostname });
      await turn(`?${asked}`).catch(() => {});
    }
    await this.look(false);
  }

  /** Another key came with the address while the page was open. */
  use(key: string): void {
    this.key = key;
    this.erased = "";
    this.progress = undefined;
    void this.look(true);
  }

  /** Ask what there is and show it; `move` where the reader asked for it, so that their attention may move. */
  private async look(move: boolean): Promise<void> {
    const question = ++this.asked;
    this.told = this.trouble = undefined;
    if (this.key) {
      this.put(make("p", { class: "lead", role: "status" }, this.tongue.say("looking")));
      try {
        this.told = await askMe(this.key, this.tongue.language);
      } catch (error) {
        this.trouble = error instanceof Trouble ? error : new Trouble("other");
      }
      if (question != this.asked) return;
    }
    this.show(move);
  }

  private show(move: boolean): void {
    const heading = make("h1");
    if (this.told) this.showAll(heading, this.told);
    else if (this.trouble && this.trouble.kind != "key") this.showTrouble(heading, this.trouble);
    else this.showMissing(heading, this.key ? "bad" : "missing");
    if (move) attend(heading);
    else this.say(heading.textContent!);
  }

  private showAll(heading: HTMLElement, told: Told): void {
    const { tongue } = this;
    document.title = tongue.say("title_site", { site: told.site });
    document.getElementById("site")!.textContent = tongue.say("for_site", { site: told.site });
    heading.textContent = this.erased ? tongue.say(this.erased) : headline(tongue, told);
    const going = told.choice.state == "given";
    const waiting = !this.progress && told.erasures.waiting;
    const lead = (words: string): HTMLElement => make("p", { class: "lead" }, words);
    const empty = tongue.say(going ? "nothing_given" : "nothing", { site: told.site });
    this.put(
      heading,
      this.progress ? this.progress.show(lead("")) : "",
      this.erased ? make("h2", {}, headline(tongue, told)) : "",
      ...choices(tongue, told),
      waiting ? lead(tongue.say("waiting")) : "",
      // What waits on the disk is gone for the reports, but not yet nothing.
      told.rows.length || (waiting && !going) ? "" : lead(empty),
      this.actions(told, going),
      this.visits(told),
      this.rows(told),
      seen(tongue, told),
      receipts(tongue, told, this.toast),
      keep(tongue, this.key, told.site, this.toast),
      this.contact(newest(told.notices)?.contact),
    );
  }

  private visits({ site, visits, visits_left_out }: Told): HTMLElement | "" {
    if (!visits.length) return "";
    const { tongue } = this;
    return section(
      "visits",
      tongue.say("visits_title"),
      make("p", { class: "quiet" }, tongue.say("visits_about", { site })),
      ...journeys(tongue, visits),
      visits_left_out ? make("p", { class: "quiet" }, tongue.say("visits_some")) : "",
    );
  }

  private rows(told: Told): HTMLElement | "" {
    if (!told.rows.length) return "";
    const { tongue } = this;
    const about = make("p", { class: "quiet" }, tongue.say("rows_about"));
    return section("rows", tongue.say("rows_title"), about, ...rows(tongue, told), columns(tongue, told));
  }

  private actions(told: Told, going: boolean): HTMLElement {
    const { tongue } = this;
    const act = (name: string, goOn: boolean, explain: string[], look = ""): HTMLElement =>
      button(
        tongue.say(name),
        () =>
          confirm(
            tongue,
            {
              ask: tongue.say(`${name}_ask`),
              explain: explain.map((one) => tongue.say(one, { site: told.site })),
              yes: tongue.say(`${name}_do`),
            },
            () => erase(this.key, goOn),
            this.sentence,
            (job) => {
              this.erased = goOn ? "gone_on_title" : "stopped_title";
              this.progress = new Progress(job, () => this.tongue, this.toast);
              void this.look(true);
            },
          ),
        look,
      );
    return make(
      "div",
      { class: "row actions" },
      ...(going
        ? [
            act("stop", false, ["stop_what", "stop_tag", "stop_left"], "strong"),
            act("go_on", true, ["go_on_what", "go_on_then"]),
          ]
        : told.rows.length
          ? [act("erase", false, ["go_on_what", "stop_left"], "strong")]
          : []),
      button(tongue.say("json"), () =>
        this.saved(save(`byleave-${told.site}.json`, "application/json", JSON.stringify(told, null, 2))),
      ),
      ...(told.rows.length ? [this.csv(told.site)] : []),
      button(tongue.say("key_save"), () => this.saved(saveKey(tongue, this.key, told.site))),
      button(tongue.say("again"), () => this.use(this.key)),
    );
  }

  private csv(site: string): HTMLElement {
    return button(this.tongue.say("csv"), async () => {
      try {
        this.saved(save(`byleave-${site}.csv`, "text/csv", await askCsv(this.key, this.tongue.language)));
      } catch (error) {
        this.toast(this.sentence(error));
      }
    });
  }

  private showTrouble(heading: HTMLElement, trouble: Trouble): void {
    // What was erased before is erased, even if what there is now cannot be told.
    heading.textContent = this.tongue.say(this.erased || "wrong_title");
    this.put(
      heading,
      this.progress ? this.progress.show(make("p", { class: "lead" })) : "",
      make("p", { class: "lead" }, this.sentence(trouble)),
      make(
        "div",
        { class: "row" },
        button(this.tongue.say("retry"), () => void this.look(true), "strong"),
      ),
    );
  }

  private showMissing(heading: HTMLElement, state: "missing" | "bad"): void {
    const { tongue } = this;
    heading.textContent = tongue.say(`${state}_title`);
    this.put(
      heading,
      make("p", { class: "lead" }, tongue.say(state)),
      state == "missing" ? make("p", { class: "lead" }, tongue.say("missing_never")) : "",
      enter(tongue, (key) => this.use(key)),
      section("lost", tongue.say("lost_title"), make("p", {}, tongue.say("lost")), this.contact()),
    );
  }

  /** Whom to ask; `address` of the notice, where one is known. */
  private contact(address = document.body.dataset.contact): HTMLElement {
    if (!address) return make("p", {}, this.tongue.say("contact_unknown"));
    const [before, after] = this.tongue.say("contact").split("{contact}");
    const mail = /^[^@\s]+@[^@\s]+$/.test(address);
    const link = mail || /^https?:/.test(address);
    const shown = link ? make("a", { href: (mail ? "mailto:" : "") + address }, address) : address;
    return make("p", {}, before!, shown, after!);
  }

  private readonly sentence = (error: unknown): string => {
    const { kind, seconds } = error instanceof Trouble ? error : new Trouble("other");
    return this.tongue.say(kind == "key" ? "bad" : `wrong_${kind}`, { seconds });
  };

  /** Tell whoever cannot see the change. */
  private say(sentence: string, look = "unseen"): void {
    const said = document.getElementById("said")!;
    said.className = look;
    said.textContent = sentence;
  }

  /** Tell everybody, for a while. */
  private readonly toast = (sentence: string): void => {
    this.say(sentence, "toast");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => this.say(""), TOAST_MS);
  };

  private saved(file: string): void {
    this.toast(this.tongue.say("downloaded", { file }));
  }

  private put(...children: (Node | string)[]): void {
    document.getElementById("main")!.replaceChildren(...children.filter(Boolean));
  }

  /** The same page in another language, the key still in memory. */
  private async speak(search: string): Promise<void> {
    try {
      await turn(search);
    } catch (error) {
      return this.toast(this.sentence(error));
    }
    this.tongue = new Tongue();
    if (this.told) await this.look(false);
    else this.show(false);
    document.querySelector<HTMLElement>("nav [aria-current]")!.focus();
  }
}
