import type { TrackArguments } from "../../tag/src/handle";

// What the collector takes of an event: WIRE, Limits. It refuses a whole batch for one that it cannot take.
const NAME = 64;
const PROPS = 10;
const TEXT = 256;
const AMOUNT = 1e12;
const MOST_BYTES = 1e4; // beside the rest of a batch: see delivery.ts

/** Characters are code points; half of a pair, which some cut off, is none. */
const fits = (text: string, most: number): boolean =>
  [...text].length <= most && !/\p{Surrogate}/u.test(text);
const named = (name: unknown): boolean => typeof name == "string" && !!name && fits(name, NAME);
const told = (value: unknown): boolean =>
  typeof value == "string"
    ? fits(value, TEXT)
    : typeof value == "boolean" || (typeof value == "number" && isFinite(value));

/** Why the collector would refuse this event, as what to do about it; nothing where it takes it. */
export function refused([name, props, extra]: TrackArguments): string | undefined {
  const { value, currency } = extra ?? {};
  const entries = Object.entries(props ?? {}).filter(([, one]) => one !== undefined);
  if (!named(name)) return `give it a name of 1 to ${NAME} characters`;
  if (typeof (props ?? {}) != "object" || Array.isArray(props) || entries.length > PROPS)
    return `give at most ${PROPS} properties, as an object`;
  if (!entries.every(([key, one]) => named(key) && told(one)))
    return `give properties names of 1 to ${NAME} characters, and as values texts of at most ${TEXT}, finite numbers, true or false`;
  if (new Blob([JSON.stringify([name, Object.fromEntries(entries)])]).size > MOST_BYTES)
    return "shorten its properties";
  if (value != null && !(typeof value == "number" && Math.abs(value) < AMOUNT))
    return "give a finite number below 1e12 as its value";
  if (currency != null && !/^[A-Z]{3}$/.test(currency)) return 'give its currency as three letters: "EUR"';
  return undefined;
}
