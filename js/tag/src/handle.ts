import type { Happened } from "../../measure/src/event";
import type { Byleave, Purpose } from "../../package/src/index";

/**
 * What the tag hands to the parts it loads. A name that ends in _ is shortened by the build, the same way in every
 * part; all other names are public or stored, and stay.
 */

// What a page may use of the tag, as the npm package tells it.
export type { Byleave, Extra, Props, Purpose, Status } from "../../package/src/index";

/** How an ask was answered: WIRE, POST /c/consent. */
export type Source =
  "banner" | "api" | "tcf" | "consent-mode" | "cookiebot" | "onetrust" | "klaro" | "cookieconsent" | "wp";

/**
 * What this browser keeps for one site. A no alone is stored as the text `no.YYYY-MM`, all else as JSON.
 */
export interface State {
  /** Month of the refusal, YYYY-MM. */
  no?: string | undefined;
  /** Beside a no: a withdrawal that the collector has not confirmed yet, and each page tells it again. */
  pending?: 1 | undefined;
  token?: string | undefined;
  /** ISO 8601. */
  expires?: string | undefined;
  receipt?: string | undefined;
  access_key?: string | undefined;
  purposes?: Purpose[] | undefined;
  notice?: string | undefined;
  /** Query parameters of the site's pages that may be sent. */
  query_keep?: string[] | undefined;
}

export type TrackArguments = Parameters<Byleave["track"]>;

export interface Handle {
  site_: string;
  /** Where the tag came from, up to and with the last slash of the prefix. */
  base_: string;
  /** What a part offers to this tag; rejects where it does not load. */
  part_<Part>(hash: string): Promise<Part>;
  /** The closest element around what an event befell, through open shadow roots, where `closest` ends. */
  find_(event: Event, selector: string): Element | undefined;
  /** The key of what the tabs share about the visit. */
  visit_: string;
  get_(key: string): string;
  /** An empty text removes the key. */
  set_(key: string, text: string): void;
  /** The state, without what lapsed. */
  read_(): State;
  /** Stores, and tells the other tabs (by the storage event) and this one. */
  write_(state: State): void;
  /** The token, where a yes is in force and no signal stands against it. */
  yes_(): string | false | undefined;
  /**
   * The collector takes the token no more: 401 bad or expired, 409 the notice changed (ask again), 410 withdrawn (a no).
   * The access key stays: it sees and erases the rows, and is the next yes' `prior`.
   */
  lapse_(status: number): void;
}

/** The part that measures: begin or end with the state; then count an event of the page's own, if given. */
export type Measure = (event?: TrackArguments) => void;

/** The part that follows the site's own consent tool; once begun, that is all there is to do. */
export type Follow = (banner: Banner, data: DOMStringMap) => void;

/** The part for events of the page's own: see more.ts. */
export type More = (
  add: (happened: Happened) => unknown,
  found: unknown,
  event?: TrackArguments | Event,
) => void;

export interface Banner {
  /**
   * Without `data` a person asked for it, so it shows whatever was answered before. `data`: the attributes of the tag's
   * script; where they name the site's own tool, that one is followed instead. Rejects with a sentence when nothing shows.
   */
  open_(data?: DOMStringMap): Promise<void>;
  /** `at`: when the yes was given, ms since 1970, where another tool asked; older than the notice it is refused. */
  grant_(purposes: Purpose[] | undefined, source: Source, at?: number): Promise<void>;
  withdraw_(): Promise<void>;
}
