import { expect, test } from "vitest";
import { language } from "../src/notice";

const cases: [string, string[], string[], string][] = [
  ["the page's language", ["en", "de"], ["de", "en"], "de"],
  ["the page's language without its region", ["en", "de"], ["de-AT", "en"], "de"],
  ["a regional text", ["pt", "pt-BR"], ["pt-br"], "pt-BR"],
  ["the reader's first that is held", ["en", "de", "fr"], ["", "sv", "fr-CA", "de"], "fr"],
  ["English where none is held", ["de", "en"], ["sv"], "en"],
  ["what there is where English is not", ["de", "fr"], ["sv"], "de"],
];
test.each(cases)("asks in %s", (_, offered, wanted, chosen) => {
  expect(language(offered, wanted)).toBe(chosen);
});
