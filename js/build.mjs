// Writes the tag, its parts and the visitor's page into collector/static/, plain and compressed, with their hashes in manifest.json.
import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { bundleAll } from "./bundle.mjs";
import { brotli } from "./compress.mjs";

const out = new URL("../collector/static/", import.meta.url);
await mkdir(out, { recursive: true });
const manifest = {};
for (const [name, { bytes, sha256 }] of Object.entries(await bundleAll())) {
  manifest[name] = { file: `${name}.js`, sha256 };
  await writeFile(new URL(`${name}.js`, out), bytes);
  await writeFile(new URL(`${name}.js.br`, out), brotli(bytes));
  await writeFile(new URL(`${name}.js.gz`, out), gzipSync(bytes, { level: 9 }));
}
await writeFile(new URL("manifest.json", out), `${JSON.stringify(manifest, null, 2)}\n`);
