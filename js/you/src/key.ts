/** The access key in a text: an address, a file that this page saved, or the bare key; "" where there is none. */
export function findKey(text: string): string {
  return (/k1\.[\w-]+\.[\w-]+\.[\w-]+/.exec(text) ?? [""])[0];
}

/** The key in the page's address, which it is removed from. */
export function takeKey(): string {
  const { hash, pathname, search } = location;
  if (hash) history.replaceState(null, "", pathname + search);
  return findKey(hash);
}
