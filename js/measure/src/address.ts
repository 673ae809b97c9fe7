import { tag } from "./tag";

// Parameters by which advertisers know a click (gclid, wbraid, msclkid, rdt_cid, li_fat_id, …): that one was there is
// told, its value never.
const AD = /(cl?(ic)?k?_?|bra|_fat_)id$|epik$/i;

/**
 * Path and what may be told of the query: the names the site keeps and, where a page is `entered`, utm values and the
 * names of ad clicks; after `origin`, and with it no longer than the wire allows.
 */
export const reduce = (
  { pathname, search }: { pathname: string; search: string },
  origin = "",
  entered?: boolean,
): string =>
  (
    origin +
    pathname +
    search
      .replace(/[?&]([^=&]*)[^&]*/g, (parameter, name: string) =>
        tag.read_().query_keep?.includes(name) || (entered && /^utm_/.test(name))
          ? parameter
          : entered && AD.test(name)
            ? `&${name}=1`
            : "",
      )
      .replace(/^&/, "?")
  ).slice(0, 2048);
