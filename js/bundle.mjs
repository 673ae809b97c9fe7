// Bundles the tag and the visitor's page, classic scripts, and the parts that the tag imports, modules; minified. What
// loads a part comes after it, for it names it by the start of its SHA-256; the visitor's page shares nothing with them.
import { createHash } from "node:crypto";
import { minify } from "terser";
import { build } from "vite";

// The consent tools that can be followed: the part that finds which one is there, loaded by the banner's, loads its adapter.
export const TOOLS = ["tcf", "gpp", "consent-mode", "cookiebot", "onetrust", "klaro", "cookieconsent", "wp"];
// Measuring is built twice: what hash routes need is loaded on pages with them alone.
const BUILDS = [
  ["more", "measure/src/more.ts"],
  ["measure", "measure/src/measure.ts", { __HASH__: "false" }],
  ["hash", "measure/src/measure.ts", { __HASH__: "true" }],
  ...TOOLS.map((name) => [name, `adapters/src/${name}.ts`]),
  ["cmp", "adapters/src/cmp.ts"],
  ["banner", "banner/src/banner.ts"],
  ["tag", "tag/src/tag.ts"],
  ["you", "you/src/you.ts"],
];
const CLASSIC = ["tag", "you"];
const LEAN = ["measure", "hash", "banner", "tag"];
const PREFIX = 8; // hex digits of a build's hash that name it; each costs the tag half a byte, thrice

async function bundle(entry, define) {
  const result = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "warn",
    define,
    build: { write: false, minify: false, target: "es2021", lib: { entry, formats: ["es"] } },
  });
  return (Array.isArray(result) ? result[0] : result).output[0].code;
}

/**
 * A part as a module whose default function gives what the part offers to one tag: made once for each tag, so that the
 * part's state needs no other owner than its own files, and two tags in one page share none.
 */
const part = (name, code) =>
  `export default (__TAG__) => (__TAG__.${name.replace("-", "_")}_ ||= (() => {${code.replace(/export \{ (\w+) as default \};/, "return $1;")}})());`;

/**
 * One word for all declarations, which compresses better, and a block in place of the tag's function. Not for code that
 * uses a variable above its declaration.
 */
const lean = (code) => code.replace(/\b(const|var)(?=[ {[])/g, "let").replace(/^\(\(\)=>(.*)\)\(\);$/s, "$1");

/** name → {bytes, sha256}. */
export async function bundleAll() {
  const builds = {};
  const define = {};
  const adapters = {}; // by tool
  // Shared by all: a property whose name ends in _ gets the same short name in the tag and in its parts.
  const nameCache = {};
  for (const [name, entry, own] of BUILDS) {
    const code = await bundle(entry, { ...define, ...own, __ADAPTERS__: JSON.stringify(adapters) });
    const classic = CLASSIC.includes(name);
    // A function while it is minified, so that nothing of a classic script becomes global.
    const { code: small } = await minify(classic ? `(()=>{${code}})()` : part(name, code), {
      ecma: 2020,
      module: !classic,
      toplevel: true,
      compress: {
        passes: 4,
        unsafe: true,
        unsafe_arrows: true,
        unsafe_methods: true,
        pure_getters: true,
        if_return: false, // compresses better
      },
      mangle: { properties: { regex: /_$/ } },
      nameCache,
    });
    delete nameCache.vars; // each build's own
    const bytes = Buffer.from(LEAN.includes(name) ? lean(small) : small);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    builds[name] = { bytes, sha256 };
    const prefix = sha256.slice(0, PREFIX);
    if (TOOLS.includes(name)) adapters[name] = prefix;
    else define[`__${name.toUpperCase()}__`] = JSON.stringify(prefix);
  }
  return builds;
}
