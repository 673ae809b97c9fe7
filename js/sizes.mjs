// Prints the bytes of each build, plain and compressed, beside its budget (DESIGN section 8).
import { readdir, readFile } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";

const FOLDERS = ["../collector/static/", "../dashboard/static/"];
const sizes = {};
for (const folder of FOLDERS) {
  const url = new URL(folder, import.meta.url);
  for (const file of (await readdir(url)).filter((name) => /\.(js|css)$/.test(name)).sort()) {
    const bytes = await readFile(new URL(file, url));
    sizes[file] = {
      plain: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    };
  }
}
console.table(sizes);
const tag = sizes["tag.js"].brotli;
console.log(
  `tag before yes: ${tag} of 1200 bytes brotli; with measure: ${tag + sizes["measure.js"].brotli} of 2600`,
);
console.log(`dashboard: ${sizes["dashboard.js"].gzip} of 61440 bytes gzip`);
