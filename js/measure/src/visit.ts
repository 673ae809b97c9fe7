import { tag } from "./tag";

const RENEWED_AFTER_MS = 18e5; // 30 minutes: DESIGN, "visit"
const MOST_EVENTS = 65e3; // the counter on the wire ends at 65 535

/** 16 random bytes, base64url without padding. */
export const random = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .slice(0, 22);

/** A visit id and the number of an event within it. */
export type Place = [visit: string, nth: number];

/**
 * The place of the next event, taken so that no other tab takes it too: the tabs share "id, last activity, next number".
 * `left`: this is a leave of a page of that visit. It stays there, even when the tabs have moved on to another (then the
 * number is only this page's own), and is no activity: else no reading, however long, would end a visit.
 */
export function take(left?: Place): Place {
  const now = Date.now();
  let [id, last, next] = tag.visit_().split(",") as [string, number, number];
  if (left) {
    if (left[0] != id) return left;
  } else {
    if (!id || now - last >= RENEWED_AFTER_MS || next > MOST_EVENTS) {
      id = random();
      next = 0;
    }
    last = now;
  }
  next = +next;
  tag.visit_([id, last, next + 1] as unknown as string);
  return [id, next];
}
