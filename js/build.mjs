// Builds the tag and its parts into collector/static/: each a classic script, minified, with its SHA-256 in
// manifest.json. The tag is built last because it carries the hashes of the parts it may load.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { minify } from "terser";
import { build } from "vite";

const out = new URL("../collector/static/", import.meta.url);
const PARTS = ["measure", "banner", "tag"];
// Shared by all builds: a property whose name ends in _ gets the same short name in the tag and in its parts.
const nameCache = {};

async function bundle(name, define) {
  const { output } = await build({
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
  }).then((result) => (Array.isArray(result) ? result[0] : result));
  const { code } = await minify(output[0].code, {
    ecma: 2020,
    toplevel: true,
    compress: { passes: 3, unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true },
    mangle: { properties: { regex: /_$/ } },
    nameCache,
  });
  return Buffer.from(`${code}\n`);
}

await mkdir(out, { recursive: true });
const manifest = {};
const define = {};
for (const name of PARTS) {
  const bytes = await bundle(name, define);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  manifest[name] = { file: `${name}.js`, sha256 };
  define[`__${name.toUpperCase()}__`] = JSON.stringify(sha256.slice(0, 12));
  await writeFile(new URL(`${name}.js`, out), bytes);
  await writeFile(new URL(`${name}.js.br`, out), brotliCompressSync(bytes));
  await writeFile(new URL(`${name}.js.gz`, out), gzipSync(bytes, { level: 9 }));
}
await writeFile(new URL("manifest.json", out), `${JSON.stringify(manifest, null, 2)}\n`);
