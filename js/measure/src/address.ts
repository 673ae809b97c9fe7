import { tag } from "./tag";

// Parameters by which advertisers know a click (gclid, wbraid, msclkid, rdt_cid, li_fat_id, …): that one was there is
// told, its value never.
const AD = /(c(l(k|ick_?)?)?id|braid|_fat_id|epik)$/i;

/**
 * Path and what may be told of the query: utm values, the names the site keeps, and the names of ad clicks; after
 * `origin`, and with it no longer than the wire allows.
 */
export const reduce = ({ pathname, search }: { pathname: string; search: string }, origin = ""): string =>
  (
    origin +
    pathname +
    search
      .replace(/[?&]([^=&]*)[^&]*/g, (parameter, name: string) =>
        /^utm_/.test(name) || tag.read_().query_keep?.includes(name)
          ? parameter
          : AD.test(name)
            ? `&${name}=1`
            : "",
      )
      .replace(/^&/, "?")
  ).slice(0, 2048);
