/** What happened, in the words of the wire (WIRE, Events). */
export type Happened =
  | { k: "pageview"; p: string; r: string }
  | { k: "click"; x: string; y: string /* link, outbound, download, button, form */ }
  | { k: "leave"; d: number; s: number }
  | {
      k: "event";
      x: string;
      m?: Record<string, string | number | boolean> | undefined;
      b?: number | undefined;
      u?: string | undefined;
    };

/** An event on the wire; until it is sent, `a` is not its age but when it happened, in ms of this page. */
export type Event_ = { p: string; a: number } & Happened;
