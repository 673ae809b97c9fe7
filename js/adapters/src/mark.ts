import type { Handle, State } from "../../tag/src/handle";

// One yes counts once. The mark is the time that a yes must be newer than: that of the last one that counted, and of
// the last withdrawal, expiry and material notice. It is kept as ms since 1970, with a + while a yes is in force.

export interface Mark {
  /** A yes of this time would be a new one. */
  before(at: number | undefined): boolean;
  /** A yes of this time counted. */
  open(at: number): void;
  /** None before now counts any more. */
  close(): void;
  /** Look whether the yes that counted is over. */
  check(): void;
}

/** Whether a yes is in force; the token stays a while after a no, to withdraw with. */
export const inForce = ({ token, no }: State): boolean => !!token && !no;

const CLOCKS_MS = 3e5; // that tool and page may differ by

export const markOf = (tag: Handle): Mark => {
  const key = `byleave:${tag.site_}.cmp`;
  const close = (): void => tag.set_(key, `${Date.now()}`);
  return {
    before(at = 0) {
      const now = Date.now();
      // A clock that was set back must not lock a person out.
      const last = parseInt(tag.get_(key)) || 0;
      return at > Math.min(last, now) && at < now + CLOCKS_MS;
    },
    open: (at) => tag.set_(key, `${at}+`),
    close,
    check() {
      const text = tag.get_(key);
      const state = tag.read_();
      if (inForce(state)) {
        if (!text.endsWith("+")) tag.set_(key, `${text || 0}+`);
      } else if (text ? text.endsWith("+") : state.no || state.access_key) close(); // also what ended before there was a mark
    },
  };
};
