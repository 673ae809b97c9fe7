import { post } from "../../tag/src/post";
import type { Event_ } from "./event";
import { tag } from "./tag";
import { type Place, random } from "./visit";

const SEND_AFTER_MS = 400; // an owner sees a click within 2 s
const LAST = 49; // a batch holds 50 events
const MOST_WAITING = 20; // batches kept for another try
const MOST_AGE_MS = 36e5;
const FIRST_WAIT_MS = 1e3;

/** Events with consecutive numbers of one visit under one token; `n` stays the same however often it is sent. */
interface Batch {
  t: string;
  v: string;
  n: string;
  i: number;
  e: [event: Event_, at: number][];
}

let waiting: Batch[] = [];
let filling: Batch | 0; // the last one waiting, while it was never sent
let timer: unknown; // until the next sending
let failed: boolean; // so that is another try
let wait = FIRST_WAIT_MS;
let asked: boolean;

/** Take out everything unsent. */
export function empty(): Batch[] {
  clearTimeout(timer as number);
  timer = failed = false;
  filling = 0;
  return waiting.splice(0);
}

/** Send what there is, also what waits for another try. */
export const flush = (): void => empty().forEach(send);

export function deliver(t: string, event: Event_, [v, i]: Place, at: number): void {
  if (!filling || filling.e[LAST] || filling.t != t || filling.v != v || filling.i + filling.e.length != i)
    waiting.push((filling = { t, v, n: random(), i, e: [] }));
  filling.e.push([event, at]);
  if (failed) return;
  if (document.hidden || filling.e[LAST]) flush();
  else timer ||= setTimeout(flush, SEND_AFTER_MS);
}

async function send(batch: Batch): Promise<void> {
  const { t, e } = batch;
  const now = performance.now();
  if (tag.yes_() != t || now - e[0]![1] > MOST_AGE_MS) return;
  const body = { ...batch, e: e.map(([event, at]) => ({ ...event, a: Math.round(now - at) })) };
  const answer = await post(tag.base_, "events", body).catch(() => new Response("", { status: 503 }));
  const { status, headers } = answer;
  if (status == 429 || status > 499) {
    waiting = [batch, ...waiting].slice(-MOST_WAITING); // the oldest go first when it stays away for long
    if (failed) return;
    failed = true;
    clearTimeout(timer as number);
    wait *= 2;
    timer = setTimeout(
      flush,
      Math.max((headers.get("Retry-After") as never) * 1e3 || 0, wait * Math.random()),
    );
    return;
  }
  wait = FIRST_WAIT_MS;
  if (status == 401 || status == 409 || status == 410) lapse(t, status);
  else if (status > 399) {
    if (e[1])
      e.forEach((one, at) => send({ ...batch, n: random(), i: batch.i + at, e: [one] })); // lose only the bad one
    else console.warn(`Byleave: ${(await answer.json()).detail}`);
  }
}

/** The token is of no more use. The access key stays: it sees and erases the rows, and is the next yes' `prior`. */
function lapse(t: string, status: number): void {
  if (tag.yes_() != t) return; // another tab has asked meanwhile
  tag.write_({ access_key: tag.read_().access_key });
  if (status == 410) tag.no_();
  if (status == 409 && !asked) {
    asked = true;
    tag.ask_();
  }
}
