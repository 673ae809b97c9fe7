// Bundles the tag and its parts: each a classic script, minified. The tag follows its parts, for it names those that it
// may load by the start of their SHA-256; after it the visitor's page, which shares nothing with them.
import { createHash } from "node:crypto";
import { minify } from "terser";
import { build } from "vite";

const NAMES = ["measure", "banner", "tag", "you"];
const PREFIX = 8; // hex digits of a build's hash that name it; each costs the tag half a byte, twice

async function bundle(name, define) {
  const result = await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: "warn",
    define,
    build: {
      write: false,
      minify: false,
      target: "es2021",
      modulePreload: false,
      rolldownOptions: { input: `${name}/src/${name}.ts`, output: { format: "iife" } },
    },
  });
  return (Array.isArray(result) ? result[0] : result).output[0].code;
}

/** name → {bytes, sha256}. */
export async function bundleAll() {
  const builds = {};
  const define = {};
  // Shared by all: a property whose name ends in _ gets the same short name in the tag and in its parts.
  const nameCache = {};
  for (const name of NAMES) {
    const { code } = await minify(await bundle(name, define), {
      ecma: 2020,
      toplevel: true,
      compress: { passes: 4, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true },
      mangle: { properties: { regex: /_$/ } },
      nameCache,
    });
    const bytes = Buffer.from(`${code}\n`);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    builds[name] = { bytes, sha256 };
    define[`__${name.toUpperCase()}__`] = JSON.stringify(sha256.slice(0, PREFIX));
  }
  return builds;
}
