// The page's words as they are served, so that the scenarios read what visitors read.
import { readFile } from "node:fs/promises";

export default async function setup({ provide }) {
  provide(
    "english",
    await readFile(new URL("../../../collector/consent/texts/en.toml", import.meta.url), "utf8"),
  );
}
