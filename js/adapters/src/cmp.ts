import type { Follow, Handle } from "../../tag/src/handle";
import type { Adapter } from "./adapter";
import { find, wanted } from "./find";
import { follow } from "./follow";

// Follows the site's own consent tool, with one adapter loaded for it. Where this part or the adapter is kept away,
// nothing is ever measured: the tag waits for it.

declare const __TAG__: Handle;
// The start of the adapters' SHA-256 by tool, put in by bundle.mjs.
declare const __ADAPTERS__: Record<string, string>;

let begun = false;

const begin: Follow = (banner, data) => {
  if (begun) return;
  begun = true;
  const names = wanted(data.cmp);
  const followed = follow(__TAG__, banner, data, names);
  const load = async (tool: string, name: string): Promise<void> => {
    try {
      followed.add(tool, await __TAG__.part_<Adapter>(__ADAPTERS__[tool]!));
      if (name != tool) followed.hold(name, false);
    } catch (error) {
      console.warn(`Byleave: the consent tool ${tool} cannot be followed: ${(error as Error).message}`);
    }
  };
  find(names, load, (lost) =>
    console.warn(
      `Byleave: no consent tool was found for data-cmp="${lost.join(" ")}", so nothing is measured; docs/install.md names the tools.`,
    ),
  );
};
export default begin;
