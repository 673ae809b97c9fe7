import { corner, make } from "./element";
import { language } from "./notice";

/** Held here and in no notice: under a signal no text is fetched. */
const WORDS: Record<string, string> = {
  en: "Your browser asks not to be tracked (Global Privacy Control or Do Not Track). So you are not asked, and nothing about your visits is counted.",
  de: "Ihr Browser bittet darum, nicht verfolgt zu werden (Global Privacy Control oder Do Not Track). Darum werden Sie nicht gefragt, und nichts von Ihren Besuchen wird gezählt.",
  fr: "Votre navigateur demande à ne pas être suivi (Global Privacy Control ou Do Not Track). Rien ne vous est donc demandé, et rien de vos visites n’est compté.",
  es: "Su navegador pide que no se le rastree (Global Privacy Control o Do Not Track). Por eso no se le pregunta nada y nada de sus visitas se cuenta.",
  it: "Il Suo browser chiede di non essere tracciato (Global Privacy Control o Do Not Track). Perciò non Le viene chiesto nulla e nulla delle Sue visite viene contato.",
  nl: "Uw browser vraagt om niet gevolgd te worden (Global Privacy Control of Do Not Track). Daarom wordt u niets gevraagd en wordt niets van uw bezoeken geteld.",
};

/** Tells who asks for their choices under a signal against tracking why there are none; gone with OK or Escape. */
export function tellOfSignal(): void {
  const before = document.activeElement as HTMLElement | null;
  const { host, root } = corner();
  const lang = language(Object.keys(WORDS));
  const text = make("p", { id: "text" }, WORDS[lang]!);
  const button = make("button", { type: "button" }, "OK");
  root.append(
    make(
      "section",
      { role: "dialog", "aria-labelledby": "text", lang },
      text,
      make("div", { class: "row" }, button),
    ),
  );
  const close = (): void => {
    host.remove();
    before?.focus({ preventScroll: true });
  };
  button.addEventListener("click", close);
  host.addEventListener("keydown", (event) => {
    if (event.key == "Escape") close();
  });
  button.focus({ preventScroll: true });
}
