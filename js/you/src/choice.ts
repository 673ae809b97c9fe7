import { make } from "./element";
import type { Tongue } from "./tongue";
import type { Told } from "./wire";

const PURPOSES = ["measure", "returning", "ads"];

/** The heading that says what was chosen, and when. */
export function headline(tongue: Tongue, { choice: { state, at, expires } }: Told): string {
  const when = state == "expired" ? expires : at;
  return when ? tongue.say(`${state}_title`, { date: tongue.date(when) }) : tongue.say("none_title");
}

/** What follows from it, and each purpose in one line. */
export function choices(tongue: Tongue, told: Told): Node[] {
  const { site } = told;
  const { state, at, purposes, expires } = told.choice;
  const sentences = [tongue.say(at ? state : "none", { date: expires ? tongue.date(expires) : "" })];
  if (told.rows.length) sentences.push(tongue.say("held", { site }));
  const lead = make("p", { class: "lead" }, sentences.join(" "));
  if (state != "given") return [lead];
  const line = (purpose: string): HTMLElement => {
    const allowed = purposes.includes(purpose);
    return make(
      "li",
      { class: allowed ? "allowed" : "refused" },
      make("strong", {}, tongue.say(allowed ? "yes" : "no")),
      make("span", {}, tongue.purpose(purpose)),
    );
  };
  return [
    lead,
    make("p", { id: "allowed" }, tongue.say("allowed")),
    make("ul", { class: "purposes", "aria-labelledby": "allowed" }, ...PURPOSES.map(line)),
  ];
}
