/** An event on the wire, but for its age, which is reckoned when it is sent (WIRE, Events). */
export type Event_ =
  | { k: "pageview"; p: string; r?: string | undefined }
  | { k: "click"; p: string; x: string; y: ClickKind }
  | { k: "leave"; p: string; d: number; s: number }
  | {
      k: "event";
      p: string;
      x: string;
      m?: Record<string, string | number | boolean> | undefined;
      b?: number | undefined;
      u?: string | undefined;
    };

export type ClickKind = "link" | "outbound" | "download" | "button" | "form";
