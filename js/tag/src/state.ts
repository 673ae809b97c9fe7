import type { State, Status } from "./handle";

// What this browser keeps for one site. The tag is one script an element, so its state needs no owner but its modules;
// each byte is paid before the yes, so what can wait is in parts.

// A refusal is kept by month only, so 215 days after its first day are six months after its last.
const NO_LASTS_MS = 215 * 864e5;

export const { dataset: data, src } = document.currentScript as HTMLScriptElement;
export const site = data.site || new URL(src).searchParams.get("site") || location.hostname;
export const key = `byleave:${site}`;

// What storage would not take (denied, full) lives as long as the page.
const lost: Record<string, string> = {};
let box: typeof lost = {};
try {
  box = localStorage || box;
} catch {}

export const get = (name: string): string => box[name] || lost[name] || "";

export const set = (name: string, text: string): void => {
  try {
    if (text) box[name] = text;
    else delete box[name];
    text = "";
  } catch {
    // Else a yes of before would outlive its withdrawal.
    delete box[name];
  }
  lost[name] = text;
};

export const store = (state: State): void =>
  set(key, state.token || state.access_key ? JSON.stringify(state) : state.no ? `no.${state.no}` : "");

export const read = (): State => {
  let state: State = {};
  try {
    const text = get(key);
    state = text[0] == "n" ? { no: text.slice(3) } : JSON.parse(text);
  } catch {}
  const { no, expires, access_key, pending } = state;
  const until = Date.parse((no || expires) as string) + (no ? NO_LASTS_MS : 0);
  // A withdrawal still to be confirmed never lapses.
  if (!(until > Date.now() || pending)) store((state = { access_key }));
  return state;
};

export const signal = (): boolean =>
  (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
  /1|yes/.test(navigator.doNotTrack as string);

export const status = (): Status => {
  const { no, token, purposes = [] } = read();
  return { state: no ? "no" : token ? "yes" : "unset", purposes, signal: signal() };
};

/**
 * The token, where a yes is in force and no signal stands against it. None where another tool is followed: the part that
 * does so answers in place of this.
 */
export const yes = (): string | false | undefined => {
  const { no, token } = read();
  return !data.cmp && !no && !signal() && token;
};
