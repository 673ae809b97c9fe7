/** What the tool keeps under a name in the page's cookies; empty without it. */
export const stored = (name: string): string =>
  decodeURIComponent(
    document.cookie
      .split("; ")
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1) ?? "",
  );
