// The scenarios run the minified builds, so that what is tested is what is served.
import { bundleAll } from "../../bundle.mjs";

export default async function setup({ provide }) {
  const builds = await bundleAll();
  provide(
    "builds",
    Object.entries(builds).map(([name, { bytes, sha256 }]) => ({ name, code: bytes.toString(), sha256 })),
  );
}
