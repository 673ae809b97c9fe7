import { vi } from "vitest";
import type { Banner, Byleave, Handle, Purpose, State } from "../../tag/src/handle";
import type { Adapter, Choice } from "../src/adapter";
import { follow } from "../src/follow";

/** A page whose consent tool is followed by the real rules, with a stand-in for the tag around them. */

export const NOON = Date.parse("2026-11-22T12:00:00Z");
export const YES = { token: "t", expires: "2027-05-01T00:00:00Z", access_key: "k" };

export interface Site {
  state: State;
  stored: Record<string, string>;
  signal: boolean;
  /** What the collector was told, in order: purposes and time of a yes, or "withdrawn". */
  told: { purposes: Purpose[]; source: string; at: number }[];
  withdrawals: number;
  /** Whether events would be sent now. */
  on(): boolean;
  /** The next yes is refused. */
  refuses?: Error;
  tag: Handle;
  obey(adapter: Adapter, ...waiting: string[]): void;
}

export function site(state: State = {}, data: Record<string, string> = {}): Site {
  const changed = (): boolean => document.dispatchEvent(new Event("byleave:consent"));
  const one: Site = {
    state,
    stored: {},
    signal: false,
    told: [],
    withdrawals: 0,
    on: () => !!one.tag.yes_(),
    obey(adapter, ...waiting) {
      follow(one.tag, banner, data as DOMStringMap, waiting).add("tool", adapter);
    },
    tag: {
      site_: "example.com",
      get_: (key: string) => one.stored[key] ?? "",
      set_: (key: string, text: string) => void (one.stored[key] = text),
      read_: () => one.state,
      write_(next: State) {
        one.state = next;
        changed();
      },
      yes_: () => false,
    } as unknown as Handle,
  };
  const banner = {
    async grant_(purposes, source, at) {
      if (one.refuses) throw one.refuses;
      one.told.push({ purposes: purposes!, source, at: at! });
      one.tag.write_({ ...YES, purposes: purposes! });
    },
  } as Banner;
  (window as any)["byleave:example.com"] = {
    consent: {
      status: () => ({ signal: one.signal }),
      async withdraw() {
        one.withdrawals++;
        one.tag.write_({ no: "2026-11" });
      },
    },
  } as unknown as Byleave;
  return one;
}

/** An adapter that says what the test says. */
export function puppet(): { adapter: Adapter; says(choice?: Choice): Promise<void> } {
  let hear!: (choice?: Choice) => void;
  return {
    adapter: { source: "klaro", measure: "m", follow: (given) => void (hear = given) },
    says(choice) {
      hear(choice);
      return settle();
    },
  };
}

export const yes = (categories: string, at?: number): Choice => ({
  given: (name) => categories.split(" ").includes(name),
  at,
});

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** What an adapter tells: each choice as the given ones of `names` and its time, null for doubt. */
export function heard(adapter: Adapter, ...names: string[]) {
  const told: ({ yes: string[]; at: number | undefined } | null)[] = [];
  const holds: boolean[] = [];
  adapter.follow(
    (choice) =>
      void told.push(choice ? { yes: names.filter((name) => choice.given(name)), at: choice.at } : null),
    (stop) => void holds.push(stop),
    (adapter.measure ?? "").split(" "),
  );
  return { told, holds, last: () => told.at(-1) };
}

export function clock(now = NOON): void {
  vi.useFakeTimers({ now, toFake: ["Date", "setTimeout", "clearTimeout"] });
}
