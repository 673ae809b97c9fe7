import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Byleave } from "../src/index";

const HERE = join(import.meta.dirname, "..");
const page = globalThis as unknown as { byleave?: Byleave };

const fresh = async () => {
  vi.resetModules();
  return import("../src/index");
};
const stand = (): Byleave => ({
  consent: {
    grant: vi.fn(async () => {}),
    refuse: vi.fn(),
    withdraw: vi.fn(async () => {}),
    status: () => ({ state: "yes", purposes: ["measure"], signal: false }),
    open: vi.fn(async () => {}),
  },
  track: vi.fn(),
  you: vi.fn(),
});
let put: HTMLScriptElement[];

beforeEach(() => {
  put = [];
  vi.spyOn(document.head, "append").mockImplementation((...nodes) => {
    put.push(...(nodes as HTMLScriptElement[]));
  });
});
afterEach(() => {
  delete page.byleave;
});
const arrive = (byleave?: Byleave) => {
  if (byleave) page.byleave = byleave;
  (put[0]!.onload as () => void)();
};

test("puts the tag in once, with what was chosen", async () => {
  const { load } = await fresh();
  const options = { collector: "https://hello.example.com/", site: "example.com", nonce: "abc" };
  const first = load({ ...options, banner: false, hash: true });
  const second = load(options);
  expect(put).toHaveLength(1);
  expect(put[0]!.src).toBe("https://hello.example.com/c/tag.js");
  expect(put[0]!.dataset).toMatchObject({ site: "example.com", banner: "off" });
  expect(put[0]!.hasAttribute("data-hash")).toBe(true);
  expect(put[0]!.nonce).toBe("abc");
  arrive(stand());
  expect([await first, await second]).toEqual([true, true]);
});

test("the website's own name, and another prefix", async () => {
  const { load } = await fresh();
  void load({ collector: "", prefix: "/hello" });
  expect(put[0]!.getAttribute("src")).toBe("/hello/tag.js");
  expect(put[0]!.getAttributeNames()).toEqual(["async", "src"]);
});

test("pinned to a build's bytes", async () => {
  const { load } = await fresh();
  void load({
    collector: "https://hello.example.com",
    pinned: { build: "0123456789abcdef", integrity: "sha256-abc=" },
  });
  expect(put[0]!.src).toBe("https://hello.example.com/c/t/0123456789abcdef.js");
  expect(put[0]!.integrity).toBe("sha256-abc=");
  expect(put[0]!.crossOrigin).toBe("anonymous");
});

test.each([
  ["klaro", "klaro"],
  [["tcf", "gpp"], "tcf gpp"],
] as const)("the site's consent tool is named as %s", async (cmp, attribute) => {
  const { load } = await fresh();
  void load({ collector: "", cmp, categories: { measure: "stats", ads: "7 8" } });
  expect(put[0]!.dataset).toMatchObject({ cmp: attribute, cmpMeasure: "stats", cmpAds: "7 8" });
  expect(put[0]!.hasAttribute("data-cmp-returning")).toBe(false);
});

test("under Trusted Types the address comes from the policy byleave", async () => {
  const createPolicy = vi.fn((_name: string, rules: object) => rules);
  vi.stubGlobal("trustedTypes", { createPolicy });
  const { load } = await fresh();
  void load({ collector: "https://hello.example.com" });
  expect(createPolicy).toHaveBeenCalledExactlyOnceWith("byleave", expect.anything());
  expect(put[0]!.src).toBe("https://hello.example.com/c/tag.js");
});

test("a tag that is there already is not put in again", async () => {
  page.byleave = stand();
  const { load } = await fresh();
  expect(await load({ collector: "https://hello.example.com" })).toBe(true);
  expect(put).toHaveLength(0);
});

test("consent waits for the tag; events before it are not kept", async () => {
  const { load, consent, track, you } = await fresh();
  void load({ collector: "https://hello.example.com" });
  track("early");
  you();
  expect(consent.status().state).toBe("unset");
  const granted = consent.grant(["measure"]);
  const byleave = stand();
  arrive(byleave);
  await granted;
  expect(byleave.consent.grant).toHaveBeenCalledWith(["measure"]);
  expect(byleave.track).not.toHaveBeenCalled();
  track("order", { size: "large" }, { value: 2 });
  expect(byleave.track).toHaveBeenCalledWith("order", { size: "large" }, { value: 2 });
  expect(consent.status()).toEqual({ state: "yes", purposes: ["measure"], signal: false });
});

test("a change is told until it is no longer wanted", async () => {
  const { consent } = await fresh();
  page.byleave = stand();
  const told = vi.fn();
  const end = consent.onChange(told);
  document.dispatchEvent(new Event("byleave:consent"));
  end();
  document.dispatchEvent(new Event("byleave:consent"));
  expect(told.mock.calls).toEqual([[{ state: "yes", purposes: ["measure"], signal: false }]]);
});

test.each(["blocked", "another script"])("a tag that does not run: %s", async (how) => {
  const { load, consent } = await fresh();
  const loaded = load({ collector: "https://hello.example.com" });
  if (how == "blocked") (put[0]!.onerror as () => void)();
  else arrive();
  expect(await loaded).toBe(false);
  await expect(consent.open()).rejects.toThrow("did not load");
});

test("what is packed runs on a server and has types", () => {
  const folder = mkdtempSync(join(tmpdir(), "byleave-"));
  try {
    const run = (command: string, ...given: string[]) =>
      execFileSync(command, given, { cwd: folder, encoding: "utf8" });
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
        cwd: HERE,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).replace(/^[^[]*/, ""),
    );
    expect(packed.files.map((file: { path: string }) => file.path).sort()).toEqual([
      "README.md",
      "dist/LICENSE",
      "dist/index.d.ts",
      "dist/index.js",
      "package.json",
    ]);
    mkdirSync(join(folder, "node_modules/byleave"), { recursive: true });
    run("tar", "-xzf", packed.filename, "-C", "node_modules/byleave", "--strip-components=1");
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(folder, "server.mjs"),
      `import { load, consent, track, you } from "byleave";
       track("order"); you(); consent.onChange(() => {})();
       console.log(await load({ collector: "https://hello.example.com" }), consent.status().state,
         await consent.open().catch((error) => error.message));`,
    );
    expect(run("node", "server.mjs")).toBe(
      "false unset Byleave: there is no tag here; call load first, in a page.\n",
    );
    const typed = (code: string) => {
      writeFileSync(join(folder, "typed.ts"), code);
      const options = [
        "--noEmit",
        "--strict",
        "--module",
        "nodenext",
        "--types",
        "",
        "--ignoreConfig",
        "typed.ts",
      ];
      return run(join(HERE, "../node_modules/.bin/tsc"), ...options);
    };
    const use =
      'import { load, track, consent, type Options, type Status } from "byleave"; export let s: Status; ';
    const collector = 'collector: "https://hello.example.com"';
    typed(
      use +
        `void load({ collector: "", site: "example.com" });
         void load({ ${collector}, cmp: "klaro", categories: { returning: "preferences" } });
         void load({ ${collector}, cmp: ["tcf", "gpp"], pinned: { build: "ab", integrity: "sha256-x" } });
         track("order", { size: "large", count: 2, gift: true }, { value: 1, currency: "EUR" });
         void consent.grant(["measure", "ads"]); export let o: Options = { collector: "" };`,
    );
    const mistakes = [
      'load({ site: "example.com" })',
      `load({ ${collector}, cmp: "klarna" })`,
      `load({ ${collector}, cmp: ["tcf", "no"] })`,
      `load({ ${collector}, categories: { marketing: "x" } })`,
      `load({ ${collector}, pinned: { build: "ab" } })`,
      `load({ ${collector}, pinned: { build: "ab", integrity: "md5-x" } })`,
      'track("order", { size: { a: 1 } })',
      'track("order", {}, { value: "19.9" })',
      'consent.grant(["statistics"])',
    ];
    // One run of the compiler: each line is an error, or the mark above it is one.
    typed(use + mistakes.map((mistake) => `\n// @ts-expect-error\nvoid ${mistake};`).join(""));
    expect(() => typed(`${use}\n// @ts-expect-error\nvoid load({ ${collector} });`)).toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
