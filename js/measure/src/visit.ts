import { tag } from "./tag";

const RENEWED_AFTER_MS = 18e5; // 30 minutes: DESIGN, "visit"
const MOST_EVENTS = 65e3;
const LAST = 65535; // where the counter on the wire ends

/** 16 random bytes, base64url without padding. That both odd letters become one costs less than a bit of them. */
export const random = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\W/g, "-")
    .slice(0, 22);

/**
 * Visit id and number of the next event, taken so that no other tab takes them too: the tabs share "id, last activity,
 * next number". A leave belongs to the visit of its page, `left`, and is no activity: else no reading, however long, would
 * end a visit. When the tabs have moved on to another visit, it is the last of its own.
 */
export const take = (left?: string): [visit: string, nth: number] => {
  let [id, last, next] = tag.get_(tag.visit_).split(",") as [string, number, number];
  const now = Date.now();
  if (left) {
    if (left != id) return [left, LAST];
  } else {
    if (!id || now - last >= RENEWED_AFTER_MS || next > MOST_EVENTS) {
      id = random();
      next = 0;
    }
    last = now;
  }
  tag.set_(tag.visit_, `${id},${last},${+next + 1}`);
  return [id, +next];
};
