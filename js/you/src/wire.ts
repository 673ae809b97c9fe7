// What the page and the collector say to each other. The key travels in the bodies of POSTs and nowhere else.

export interface Consent {
  sequence: number;
  kind: "given" | "re-confirmed" | "withdrawn" | "expired";
  at: string;
  notice: string | null;
  purposes: string[] | null;
  source: string | null;
  shown: string | null;
  /** A JWS, or null where there is none to sign. */
  receipt: string | null;
}

export interface Notice {
  id: string;
  url: string;
  published: string;
  controller: string;
  contact: string;
  authority: string;
  retention_months: number;
  k: number;
}

export interface Step {
  kind: "pageview" | "click" | "event";
  target_kind: string;
  name: string;
}

export interface Visit {
  began: string;
  country: string | null;
  city: string | null;
  browser: string | null;
  device: string | null;
  source: string | null;
  steps: Step[];
}

export type Row = { words: string; expires: string | null; occurred_at: string } & Record<string, unknown>;

/** POST /c/me. */
export interface Told {
  site: string;
  choice: {
    state: "given" | "withdrawn" | "expired";
    purposes: string[];
    /** Null where the record is too old to be kept. */
    at: string | null;
    expires: string | null;
  };
  records: Consent[];
  notices: Notice[];
  visits: Visit[];
  /** Earlier ones, too many to be told one by one. */
  visits_left_out: number;
  rows: Row[];
  columns: Record<string, string> | null;
  erasures: { waiting: boolean };
}

type Kind = "key" | "offline" | "busy" | "down" | "other";

/** Why a question was not answered, in a way that the page has words for. */
export class Trouble extends Error {
  constructor(
    readonly kind: Kind,
    /** That the server asks to wait. */
    readonly seconds = 0,
  ) {
    super(kind);
  }
}

const KINDS: Record<number, Kind> = { 400: "key", 401: "key", 404: "key", 429: "busy", 503: "down" };

/** What there is about the holder of the key; rejects with Trouble. */
export async function askMe(key: string, language: string): Promise<Told> {
  return read(await post(`me?lang=${language}`, { access_key: key }));
}

/** The same rows for a spreadsheet. */
export async function askCsv(key: string, language: string): Promise<string> {
  return (await post(`me?format=csv&lang=${language}`, { access_key: key })).text();
}

/** Erase, and unless `goOn` withdraw; answers the job that tells when it is done. */
export async function erase(key: string, goOn: boolean): Promise<string> {
  return (await read<{ job: string }>(await post("me/erase", { access_key: key, go_on: goOn }))).job;
}

/** Whether what a job erases is in no file any more. */
export async function isDone(job: string): Promise<boolean> {
  const { state } = await read<{ state: "waiting" | "done" }>(await ask(`jobs/${encodeURIComponent(job)}`));
  return state == "done";
}

/** A notice in full. */
export async function askNotice(id: string): Promise<Record<string, unknown>> {
  return read(await ask(`notice/${id}`, { headers: { accept: "application/json" } }));
}

/** The page itself, in another language. */
export async function askPage(address: string): Promise<string> {
  return (await ask(address)).text();
}

function post(path: string, body: unknown): Promise<Response> {
  return ask(path, { method: "POST", body: JSON.stringify(body) });
}

async function ask(path: string, options: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      ...options,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new Trouble("offline");
  }
  if (answer.ok) return answer;
  throw new Trouble(KINDS[answer.status] ?? "other", Number(answer.headers.get("retry-after")) || 5);
}

async function read<Body>(answer: Response): Promise<Body> {
  try {
    return await answer.json();
  } catch {
    throw new Trouble("offline"); // cut off on its way
  }
}
