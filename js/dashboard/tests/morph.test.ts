import { beforeEach, expect, test } from "vitest";
import { morph } from "../src/morph";

function element(html: string): Element {
  const holder = document.createElement("div");
  holder.innerHTML = html;
  return holder.firstElementChild as Element;
}

beforeEach(() => {
  document.body.innerHTML = "";
});

test("what changed is changed, and what stays is the same element", () => {
  const now = element('<main><a href="/a">one</a><p class="old">1</p></main>');
  document.body.append(now);
  const link = now.querySelector("a");
  morph(now, element('<main><a href="/b">two</a><p title="t">2</p></main>'));
  expect(now.outerHTML).toBe('<main><a href="/b">two</a><p title="t">2</p></main>');
  expect(now.querySelector("a")).toBe(link);
});

test.each([
  ["<ul><li>1</li></ul>", "<ul><li>1</li><li>2</li></ul>"],
  ["<ul><li>1</li><li>2</li></ul>", "<ul></ul>"],
  ["<ul><li>1</li>text</ul>", "<ul><p>1</p><b>2</b></ul>"],
  ['<ul><li id="a">1</li></ul>', '<ul><li id="b">1</li></ul>'],
])("%s becomes %s", (before, after) => {
  const now = element(before);
  morph(now, element(after));
  expect(now.outerHTML).toBe(after);
});

test("the reader's focus, open details and typing stay", () => {
  const now = element(
    '<main><details><summary>s</summary></details><input value="1"><a href="/">x</a></main>',
  );
  document.body.append(now);
  const details = now.querySelector("details") as HTMLDetailsElement;
  const input = now.querySelector("input") as HTMLInputElement;
  details.open = true;
  input.focus();
  input.value = "half typ";
  morph(
    now,
    element('<main><details><summary>t</summary></details><input value="2"><a href="/y">y</a></main>'),
  );
  expect(details.open).toBe(true);
  expect(document.activeElement).toBe(input);
  expect(input.value).toBe("half typ");
});
