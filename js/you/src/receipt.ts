import { button, fold, make, section } from "./element";
import { save } from "./file";
import { isYes } from "./seen";
import type { Tongue } from "./tongue";
import type { Consent, Told } from "./wire";

/** The signed records: to keep, to read, and how to check them without asking anybody. */
export function receipts(tongue: Tongue, told: Told, done: (sentence: string) => void): HTMLElement | "" {
  const signed = told.records.filter((record) => record.receipt && isYes(record)).reverse();
  if (!signed.length) return "";
  const keep = (record: Consent): HTMLElement =>
    button(
      signed.length > 1
        ? tongue.say("receipt_of", { date: tongue.moment(record.at) })
        : tongue.say("receipt_save"),
      () => {
        const name = `byleave-receipt-${told.site}-${record.at.slice(0, 10)}-${record.sequence}.jws`;
        save(name, "application/jose", record.receipt!);
        done(tongue.say("downloaded", { file: name }));
      },
    );
  const keys = new URL("/.well-known/byleave-keys.json", location.href).href;
  return section(
    "receipt",
    tongue.say("receipt_title"),
    make("p", {}, tongue.say("receipt", { site: told.site })),
    make("div", { class: "row" }, ...signed.map(keep)),
    fold(tongue.say("receipt_says"), code(content(signed[0]!.receipt!))),
    fold(
      tongue.say("receipt_check"),
      make("p", {}, tongue.say("receipt_how", { url: keys })),
      code(check(keys)),
      make("p", {}, tongue.say("receipt_limit")),
    ),
  );
}

/** The middle part of a JWS (RFC 7515), readable. */
function content(jws: string): string {
  try {
    const bytes = atob((jws.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return jws;
  }
}

function check(keys: string): string {
  return `import json, urllib.request
from joserfc import jws
from joserfc.jwk import KeySet

keys = KeySet.import_key_set(json.load(urllib.request.urlopen("${keys}")))
found = jws.deserialize_compact(open("receipt.jws").read(), keys, ["EdDSA"])
print(json.dumps(json.loads(found.payload), indent=2))`;
}

// A long line is scrolled to, by keyboard too.
function code(text: string): HTMLElement {
  return make("pre", { tabindex: "0", dir: "ltr" }, make("code", {}, text));
}
