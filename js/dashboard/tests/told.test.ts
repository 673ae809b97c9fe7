import { expect, test } from "vitest";
import { tellOnce } from "../src/told";

test("an address forgets what was done, and nothing else", () => {
  const kept: [string, string][] = [
    ["/sites/example.com/goals?period=7d&done=goal_kept#trend", "/sites/example.com/goals?period=7d#trend"],
    ["/account?done=password", "/account"],
    ["/sites/example.com?f=is%3Apage%3A%2Fa%20b", "/sites/example.com?f=is%3Apage%3A%2Fa%20b"],
  ];
  for (const [address, left] of kept) {
    window.history.replaceState(null, "", address);
    tellOnce(window);
    expect(window.location.href).toBe(new URL(left, window.location.origin).href);
  }
});
