import type { Event_ } from "./event";
import { tag } from "./tag";
import { random, take } from "./visit";

const FIRST_WAIT_MS = 400; // an owner sees a click within 2 s
const LONGEST_WAIT_MS = 3e5;
const LAST = 49; // a batch holds 50 events
const MOST_BYTES = 4e3; // with one event more, which more.ts keeps below 11 KB, a body stays within 16 KiB
const MOST_WAITING = 20; // batches kept for another try
const MOST_AGE_MS = 36e5;

/** Events with consecutive numbers of one visit under one token; `n` stays the same however often it is sent. */
interface Batch {
  t: string;
  v: string;
  n: string;
  i: number;
  e: Event_[];
}

let waiting: Batch[] = [];
let filling: Batch | 0; // the last one waiting, while it was never sent
let timer: unknown; // until the next sending
let wait = FIRST_WAIT_MS; // before it; grows while the collector cannot take more

/** Take out everything unsent. */
export const empty = (): Batch[] => {
  clearTimeout(timer as number);
  timer = filling = 0;
  return waiting.splice(0);
};

/** Send what there is, also what waits for another try. */
export const flush = (): void => empty().forEach((batch) => send(batch));

/** Give the event its place in a visit, and hold it until it is sent; `left`: see `take`. The visit it belongs to. */
export const deliver = (t: string, event: Event_, left?: string | false): string => {
  const [v, i] = take(left);
  if (
    !filling ||
    filling.e[LAST] ||
    new Blob([JSON.stringify(filling)]).size > MOST_BYTES ||
    filling.t + filling.v + (filling.i + filling.e.length) != t + v + i
  )
    waiting = [...waiting, (filling = { t, v, n: random(), i, e: [] })].slice(-MOST_WAITING);
  filling.e.push(event);
  if (wait == FIRST_WAIT_MS && (document.hidden || filling.e[LAST])) flush();
  else timer ||= setTimeout(flush, wait);
  return v;
};

const send = (batch: Batch, keepalive = true): void => {
  const { t, e } = batch;
  const now = performance.now();
  // Under another token, or none, what this one covered is no longer ours to send.
  if (tag.yes_() == t && now - e[0]!.a < MOST_AGE_MS)
    fetch(`${tag.base_}events`, {
      method: "POST",
      body: JSON.stringify({ ...batch, e: e.map((event) => ({ ...event, a: (now - event.a) | 0 })) }),
      keepalive,
      credentials: "omit",
      redirect: "error",
    }).then(
      ({ status, headers }) => {
        if (status == 429 || status > 499) again(batch, headers.get("Retry-After"));
        else {
          wait = FIRST_WAIT_MS;
          if (/4(01|09|10)/.test(status as never) && tag.yes_() == t) tag.lapse_(status);
        }
      },
      // The browser refuses keepalive when 64 KiB are already on their way.
      () => (keepalive ? send(batch, false) : again(batch)),
    );
};

/** Keep it for later; the oldest go first when the collector stays away for long. */
const again = (batch: Batch, seconds?: unknown): void => {
  waiting = [batch, ...waiting].slice(-MOST_WAITING);
  clearTimeout(timer as number);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  timer = setTimeout(flush, ((seconds as number) * 1e3 || wait) * (1 + Math.random()));
};
