import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  NOTICE,
  STATE,
  YES,
  answer,
  banner,
  browse,
  dialog,
  embed,
  KEY,
  leavePage,
  pass,
  posted,
  press,
  remember,
  remembered,
  requests,
  settle,
} from "../../tag/tests/browser";

beforeEach(() => {
  localStorage.clear();
  browse();
});
afterEach(leavePage);

const labels = (): (string | null)[] =>
  [...banner()!.querySelectorAll("button")].map((button) => button.textContent);
const boxes = (): HTMLInputElement[] => [...banner()!.querySelectorAll("input")];

async function escape(): Promise<void> {
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  await settle();
}

describe("the ask", () => {
  test("says who, what, how long and how to change it, with three ways to answer", async () => {
    await embed();
    const { texts } = NOTICE;
    for (const text of [
      texts.en.title,
      texts.en.intro,
      "pages and clicks",
      "that it is you",
      texts.en.note,
      texts.en.change,
    ])
      expect(dialog()!.textContent).toContain(text);
    expect(labels()).toEqual(["No", "Choose", "Yes to all"]);
    expect(boxes()).toEqual([]);
    const link = banner()!.querySelector("a")!;
    expect(link.getAttribute("href")).toBe(`https://hello.example.net/c/notice/${NOTICE.notice}`);
  });

  test("has two where there is nothing to choose", async () => {
    answer("site/example.com.json", { status: 200, body: { ...NOTICE, purposes: ["measure"] } });
    await embed();
    expect(labels()).toEqual(["No", "Yes to all"]);
  });

  test("speaks the page's language", async () => {
    document.documentElement.lang = "de-AT";
    await embed();
    expect(dialog()!.getAttribute("lang")).toBe("de");
    await press("Yes to all");
    expect(posted("consent")[0]!.locale).toBe("de");
  });

  test("turns with the script", async () => {
    answer("site/example.com.json", { status: 200, body: { ...NOTICE, texts: { ar: NOTICE.texts.en } } });
    await embed();
    expect(dialog()!.getAttribute("dir")).toBe("rtl");
  });

  test("is a dialog with a name, first in the page's order, in the focus of a reader who is nowhere yet", async () => {
    document.body.innerHTML = "<main>Bread</main>";
    await embed();
    expect(document.body.firstElementChild!.localName).toBe("byleave-ask");
    expect(dialog()!.getAttribute("aria-labelledby")).toBe(banner()!.activeElement!.id);
    expect(dialog()!.hasAttribute("aria-modal")).toBe(false);
  });

  test("leaves the focus to a field that the reader types into", async () => {
    document.body.innerHTML = "<input>";
    document.querySelector("input")!.focus();
    await embed();
    expect(document.activeElement).toBe(document.querySelector("input"));
  });

  test("takes no markup from a text", async () => {
    const texts = { en: { ...NOTICE.texts.en, title: "<img src=x onerror=alert(1)>" } };
    answer("site/example.com.json", { status: 200, body: { ...NOTICE, texts } });
    await embed();
    expect(banner()!.querySelector("img")).toBeNull();
  });

  test("is answered no by Escape", async () => {
    await embed();
    const before = requests.length;
    await escape();
    expect(remembered()).toBe("no.2026-11");
    expect(requests.length).toBe(before);
    expect(dialog()).toBeNull();
  });

  test("is gone, and says so shortly, when answered", async () => {
    await embed();
    await press("Yes to all");
    expect(banner()!.querySelector("[role=status]")!.textContent).toBe("Saved.");
    await pass(5000);
    expect(banner()).toBeNull();
  });

  test("goes when another tab answers", async () => {
    await embed();
    remember("no.2026-11");
    window.dispatchEvent(new StorageEvent("storage", { key: KEY }));
    await settle();
    expect(dialog()).toBeNull();
  });

  test("is put once, however often it is opened", async () => {
    const byleave = await embed();
    await Promise.all([byleave.consent.open(), byleave.consent.open()]);
    expect(document.querySelectorAll("byleave-ask")).toHaveLength(1);
  });
});

describe("an ask that is in nobody's way", () => {
  test("is not put on a page that is not served over HTTPS, where browsers do not hash", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.spyOn(crypto, "subtle", "get").mockReturnValue(undefined as never);
    const byleave = await embed();
    expect(banner()).toBeNull();
    expect(warn.mock.calls).toEqual([[expect.stringContaining("serve it over HTTPS")]]);
    await expect(byleave.consent.grant(["measure"])).rejects.toThrow("serve it over HTTPS");
    expect(requests).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  test("leaves the Escape that ends a word being composed to the input method", async () => {
    await embed();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", isComposing: true }));
    await settle();
    expect(dialog()).not.toBeNull();
    expect(localStorage.length).toBe(0);
  });

  test("moves along when the page puts a new body in place of the old one", async () => {
    await embed();
    document.documentElement.replaceChild(document.createElement("body"), document.body);
    await settle();
    expect(document.body.firstElementChild!.localName).toBe("byleave-ask");
    await press("No");
    expect(remembered()).toBe("no.2026-11");
  });

  test("says what was saved where screen readers listen already", async () => {
    await embed();
    const listening = banner()!.querySelector("[role=status]")!;
    expect(listening.textContent).toBe("");
    await press("No");
    expect(listening.isConnected).toBe(true);
    expect(listening.textContent).toBe("Nothing is counted.");
  });

  test("takes the place of what was said when it is reopened at once", async () => {
    const byleave = await embed();
    await press("No");
    await byleave.consent.open();
    await settle();
    expect(document.querySelectorAll("byleave-ask")).toHaveLength(1);
    expect(dialog()!.textContent).toContain("You said no.");
    await pass(5000);
    expect(dialog()).not.toBeNull();
  });
});

describe("choosing", () => {
  test("ticks nothing beforehand, and measuring alone is a yes", async () => {
    await embed();
    await press("Choose");
    expect(labels()).toEqual(["No", "Yes to this choice"]);
    expect(boxes().map(({ name, checked }) => [name, checked])).toEqual([["returning", false]]);
    expect(dialog()!.textContent).toContain("pages and clicks");
    await press("Yes to this choice");
    expect(posted("consent")[0]!.purposes).toEqual(["measure"]);
  });

  test("saves what was ticked", async () => {
    await embed();
    await press("Choose");
    boxes()[0]!.checked = true;
    await press("Yes to this choice");
    expect(posted("consent")[0]!.purposes).toEqual(["measure", "returning"]);
  });

  test("can still end in a no", async () => {
    await embed();
    await press("Choose");
    await press("No");
    expect(remembered()).toBe("no.2026-11");
  });
});

describe("a notice that changed meanwhile", () => {
  test("is asked under anew, once", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await embed();
    const texts = { en: { ...NOTICE.texts.en, title: "May New Ltd count this visit?" } };
    answer("site/example.com.json", { status: 200, body: { ...NOTICE, notice: "cd".repeat(32), texts } });
    answer("consent", { status: 409 });
    await press("Yes to all");
    expect(dialog()!.textContent).toContain("New Ltd");
    await press("Yes to all");
    expect(posted("consent").map(({ notice }) => notice)).toEqual([NOTICE.notice, "cd".repeat(32)]);
    expect(requests.filter(({ path }) => path == "site/example.com.json")).toHaveLength(2);
    expect(banner()!.querySelector("[role=alert]")!.textContent).toBe("That did not work.");
    expect(localStorage.length).toBe(0);
  });
});

describe("reopened under a yes", () => {
  beforeEach(async () => {
    remember(STATE);
    await (await embed()).consent.open();
  });

  test("shows what is in force, with the way out beside the change", () => {
    expect(dialog()!.textContent).toContain("You said yes.");
    expect(labels()).toEqual(["Stop and erase", "Yes to this choice"]);
    expect(boxes().map(({ checked }) => checked)).toEqual([true]);
  });

  test("leads to what is stored; the key is in no address of the page", () => {
    const open = vi.spyOn(window, "open").mockReturnValue(null);
    const link = dialog()!.querySelector("p a") as HTMLAnchorElement;
    expect(link.textContent).toBe("See what is stored");
    expect(link.href).toMatch(/\/you$/);
    link.click();
    expect(open.mock.calls[0]![0]).toBe(`${link.href}#${YES.access_key}`);
  });

  test("stops and erases", async () => {
    await press("Stop and erase");
    expect(posted("withdraw")).toEqual([{ t: YES.token }]);
    expect(remembered()).toBe("no.2026-11");
    expect(dialog()).toBeNull();
  });

  test("is asked anew on the same page after that, and another yes begins afresh", async () => {
    await press("Stop and erase");
    await (window as any).byleave.consent.open();
    expect(labels()).toEqual(["No", "Choose", "Yes to all"]);
    await press("Yes to all");
    expect(posted("consent")).toMatchObject([{ prior: null, source: "banner" }]);
    expect(remembered().token).toBe(YES.token);
    await (window as any).byleave.consent.open();
    expect(labels()).toEqual(["Stop and erase", "Yes to this choice"]);
  });

  test("says when erasing could not be told, and tries again", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    answer("withdraw", { status: 503 }, { status: 204 });
    await press("Stop and erase");
    expect(banner()!.querySelector("[role=alert]")!.textContent).toBe("That did not work.");
    await press("Stop and erase");
    expect(remembered()).toBe("no.2026-11");
  });

  test("takes a purpose back, linked to the yes before", async () => {
    boxes()[0]!.checked = false;
    await press("Yes to this choice");
    expect(posted("consent")).toMatchObject([{ purposes: ["measure"], prior: YES.access_key }]);
    expect(remembered().purposes).toEqual(["measure"]);
  });

  test("leaves things as they are when nothing changed, or on Escape", async () => {
    await press("Yes to this choice");
    await (window as any).byleave.consent.open();
    await escape();
    expect(posted("consent")).toEqual([]);
    expect(remembered()).toEqual(STATE);
    expect(dialog()).toBeNull();
  });
});
