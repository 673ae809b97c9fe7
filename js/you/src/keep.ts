import { button, make, section } from "./element";
import { save } from "./file";
import { findKey } from "./key";
import type { Tongue } from "./tongue";

/** How to keep the key, and why. */
export function keep(tongue: Tongue, key: string, site: string, done: (words: string) => void): HTMLElement {
  const byHand = make("div");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(key);
      done(tongue.say("key_copied"));
    } catch {
      const field = make("input", { readonly: "", value: key, spellcheck: "false", class: "key" });
      byHand.replaceChildren(make("label", {}, tongue.say("key_by_hand"), field));
      field.select();
    }
  };
  return section(
    "key",
    tongue.say("key_title"),
    make("p", {}, tongue.say("key", { site })),
    make("p", {}, tongue.say("key_care")),
    make(
      "div",
      { class: "row" },
      button(tongue.say("key_save"), () =>
        done(tongue.say("downloaded", { file: saveKey(tongue, key, site) })),
      ),
      button(tongue.say("key_copy"), copy),
    ),
    byHand,
  );
}

/** Save the key as a file; returns its name. */
export function saveKey(tongue: Tongue, key: string, site: string): string {
  const about = tongue.say("key_file", { site, url: location.origin + location.pathname });
  return save(`byleave-key-${site}.txt`, "text/plain", `${about}\n\n${key}\n`);
}

/** Where somebody who comes without a key brings the one they saved. */
export function enter(tongue: Tongue, use: (key: string) => void): HTMLElement {
  const wrong = make("p", { class: "wrong", role: "alert", id: "use-wrong" });
  const text = make("input", {
    id: "use-key",
    type: "text",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    placeholder: "k1.…",
    "aria-describedby": "use-wrong",
  });
  const file = make("input", { id: "use-file", type: "file", accept: ".txt,text/plain" });
  const take = (found: string, from: HTMLElement): void => {
    const key = findKey(found);
    if (key) return use(key);
    wrong.textContent = tongue.say("use_wrong");
    from.focus();
  };
  file.addEventListener("change", async () => {
    // A key is short; whatever else was chosen by mistake is not read whole.
    if (file.files?.[0]) take(await file.files[0].slice(0, 65_536).text(), file);
  });
  const form = make(
    "form",
    {},
    make("label", { for: "use-key" }, tongue.say("use_paste")),
    make("div", { class: "row" }, text, make("button", { type: "submit" }, tongue.say("use_do"))),
    make("label", { for: "use-file" }, tongue.say("use_file")),
    file,
    wrong,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take(text.value, text);
  });
  return section("use", tongue.say("use_title"), form);
}
