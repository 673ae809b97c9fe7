import type { Source } from "../../tag/src/handle";

/** What a person chose in the site's consent tool. */
export interface Choice {
  /** Whether they said yes to a category, by the tool's own name for it. Without a yes it is a no. */
  given(category: string): boolean;
  /** When they chose, ms since 1970. Without it the choice can go on with an earlier yes, but not start one. */
  at?: number | undefined;
}

/** What a consent tool is followed by; the default export of each adapter's build. */
export interface Adapter {
  /** As which it is recorded; none for a tool that can only stop. */
  source?: Source;
  /** The categories that stand for measuring where the owner names no others, separated by spaces. */
  measure?: string;
  /**
   * Tell of the choice now and of each change: `hear` without a choice is doubt. `hold` stops everything, and lets it go
   * on, whatever else is chosen. `measure`: the categories that stand for measuring here. Called once, when the tool is
   * there.
   */
  follow(hear: (choice?: Choice) => void, hold: (stop: boolean) => void, measure: string[]): void;
}
