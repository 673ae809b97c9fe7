// Prints the bytes of each build, plain and compressed, beside its budget (DESIGN section 8).
import { readdir, readFile } from "node:fs/promises";
import { TOOLS } from "./bundle.mjs";
import { brotli } from "./compress.mjs";
import { gzipSync } from "node:zlib";

const FOLDERS = ["../collector/static/", "../dashboard/static/"];
const sizes = {};
for (const folder of FOLDERS) {
  const url = new URL(folder, import.meta.url);
  for (const file of (await readdir(url)).filter((name) => /\.(js|css)$/.test(name)).sort()) {
    const bytes = await readFile(new URL(file, url));
    sizes[file] = {
      plain: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotli(bytes).length,
    };
  }
}
console.table(sizes);
for (const tool of TOOLS)
  console.log(
    `following ${tool}, brotli: ${sizes["cmp.js"].brotli + sizes[`${tool}.js`].brotli} bytes beside the tag and the banner's part`,
  );
const budgets = [
  ["tag before yes, brotli", sizes["tag.js"].brotli, 1200],
  ["tag and measure, brotli", sizes["tag.js"].brotli + sizes["measure.js"].brotli, 2600],
  ["dashboard, gzip", sizes["dashboard.js"].gzip, 60 * 1024],
];
for (const [what, bytes, most] of budgets) {
  console.log(`${what}: ${bytes} of ${most} bytes`);
  if (bytes > most) process.exitCode = 1;
}
