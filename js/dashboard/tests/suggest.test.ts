import { expect, test } from "vitest";
import { matching } from "../src/suggest";

test("a value is found by any part, in any case, in the report's order", () => {
  expect(matching(["/Blog", "", "/about", "/weblog"], "blog")).toEqual(["/Blog", "/weblog"]);
  expect(matching(["b", "a"], "")).toEqual(["b", "a"]);
  expect(matching(Array(50).fill("x"), "x")).toHaveLength(12);
});
