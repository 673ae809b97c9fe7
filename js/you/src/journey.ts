import { draw, make, some } from "./element";
import type { Tongue } from "./tongue";
import type { Step, Visit } from "./wire";

// The shapes of the owner's report (dashboard/charts/sankey.py): a bar for each step, bands between them. What is done
// on a page lies a little lower than the page, so that the band shows the way. Pixels down, units across.
const THICK = 18;
const HIGH = 2;
const LOW = 26;
const BAND = 100;

const VISITS = 5;
const STEPS = 24;

/** Every visit as the owner's report draws it, the latest first. */
export function journeys(tongue: Tongue, visits: Visit[]): Node[] {
  const list = make("ol", { class: "visits" });
  const all = tongue.say("visits_all", { count: visits.length });
  return some(list, visits, VISITS, (visit) => make("li", {}, ...drawn(tongue, visit)), all);
}

function drawn(tongue: Tongue, visit: Visit): Node[] {
  const { steps, country, city, device } = visit;
  const place = country ? [city, tongue.country(country)].filter(Boolean).join(", ") : "";
  const facts = [
    visit.source ? tongue.say("came_from", { source: visit.source }) : tongue.say("came_directly"),
    visit.browser,
    device && (tongue.say(device) || device),
    place || tongue.say("place_unknown"),
  ];
  const list = make("ol", { class: "way" });
  const items: (Step | null)[] = [...steps, null];
  const count = tongue.say("steps_all", { count: steps.length });
  return [
    make("h3", {}, make("time", { datetime: visit.began }, tongue.moment(visit.began))),
    make("p", { class: "quiet" }, facts.filter(Boolean).join(" · ")),
    ...some(
      list,
      items.map((step, at) => ({ step, next: items[at + 1] })),
      STEPS,
      ({ step, next }) => stop(tongue, step, next),
      count,
    ),
  ];
}

/** One step and the band that leads away from it; null is the end of the visit. */
function stop(tongue: Tongue, step: Step | null, next: Step | null | undefined): HTMLElement {
  if (!step)
    return make(
      "li",
      { class: "gone" },
      picture(draw("rect", { class: "node", y: `${HIGH}`, width: "10", height: `${THICK}`, rx: "2" })),
      make("span", { class: "name" }, tongue.say("left")),
    );
  const page = step.kind == "pageview";
  const top = page ? HIGH : LOW;
  const kind = page ? "page" : step.kind;
  const name = page ? step.name : `“${step.name}”`;
  const band = next === null ? "band leaves" : "band";
  const way = curve(top, next && next.kind != "pageview" ? LOW : HIGH);
  return make(
    "li",
    { class: kind },
    picture(
      draw(
        "svg",
        { viewBox: `0 0 ${BAND} 46`, preserveAspectRatio: "none", width: "100%", height: "46" },
        draw("path", { class: band, d: way }),
      ),
      // A hollow bar's line lies within it.
      page
        ? draw("rect", { class: "node", y: `${top}`, width: "10", height: `${THICK}`, rx: "2" })
        : draw("rect", {
            class: "node",
            x: "1",
            y: `${top + 1}`,
            width: "8",
            height: `${THICK - 2}`,
            rx: "2",
          }),
    ),
    make("span", { class: "unseen" }, `${tongue.say(`step_${kind}`)} `),
    make("span", { class: "name", title: step.name }, name),
  );
}

function picture(...children: Node[]): SVGElement {
  return draw("svg", { "aria-hidden": "true", width: "100%", height: "46" }, ...children);
}

/** The outline of a band from one height to another. */
function curve(from: number, to: number): string {
  const middle = BAND / 2;
  return (
    `M0,${from}C${middle},${from} ${middle},${to} ${BAND},${to}V${to + THICK}` +
    `C${middle},${to + THICK} ${middle},${from + THICK} 0,${from + THICK}Z`
  );
}
