import type { Purpose } from "../../tag/src/handle";
import type { Choice } from "./adapter";

/** The tool's categories that each purpose needs, all of them; none: the tool has no say in it. */
export type Names = Record<Purpose, string[]>;

const words = (text = ""): string[] => text.split(/[\s,]+/).filter(Boolean);

/** By the tag's attributes; `measure` alone has categories that stand for it where the owner says nothing. */
export const namesOf = (data: DOMStringMap, measure = ""): Names => ({
  measure: words(data.cmpMeasure || measure),
  returning: words(data.cmpReturning),
  ads: words(data.cmpAds),
});

/** The purposes that a choice says yes to. */
export const granted = (names: Names, choice: Choice): Purpose[] =>
  (Object.keys(names) as Purpose[]).filter(
    (purpose) => names[purpose].length && names[purpose].every((name) => choice.given(name)),
  );
