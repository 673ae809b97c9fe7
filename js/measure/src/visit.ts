import { tag } from "./tag";

const RENEWED_AFTER_MS = 18e5; // 30 minutes: DESIGN, "visit"
const MOST_EVENTS = 65e3;
const LAST = 65535; // where the counter on the wire ends

/** As long as 16 bytes in base64url without padding, 74 bits of them random: unique within one consent is all it must be. */
export const random = (): string => `${crypto.randomUUID().slice(15)}A`;

/**
 * Visit id and number of the next event, taken so that no other tab takes them too: the tabs share "id, last activity,
 * next number". A leave belongs to the visit of its page, `left`, and is no activity: else no reading, however long, would
 * end a visit. When the tabs have moved on to another visit, it is the last of its own.
 */
export const take = (left?: string | false): [visit: string, nth: number] => {
  let [id, last, next] = tag.get_(tag.visit_).split(",") as [string, number, number];
  const now = Date.now();
  if (!left) {
    if (!(now - last < RENEWED_AFTER_MS && next < MOST_EVENTS)) {
      id = random();
      next = 0;
    }
    last = now;
  } else if (left != id) return [left, LAST];
  tag.set_(tag.visit_, `${id},${last},${+next + 1}`);
  return [id, +next];
};
