const REST_MS = 500; // how long a node is pointed at or focused until it is asked how long visits stay there

/**
 * While a node is pointed at or focused, the bands into and out of it stand out, and a line below the picture names it
 * in full: how many, which share, and after a moment the median time.
 */
export function tendSankey(window: Window): void {
  const { document } = window;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told: Element | null = null;

  function show(target: Element | null): void {
    const figure = document.querySelector<HTMLElement>(".sankey");
    if (!figure) return;
    const node = target?.closest("[data-node]") ?? null;
    follow(figure, node?.getAttribute("data-node") ?? null);
    if (node === told) return;
    told = node;
    clearTimeout(timer);
    if (!node) return;
    tell(node, node.getAttribute("data-count") ?? "");
    const about = node.querySelector("a.count")?.getAttribute("href");
    if (about) timer = setTimeout(() => void ask(node, about).catch(() => undefined), REST_MS);
  }

  function tell(node: Element, about: string): void {
    const line = document.querySelector(".sankey figcaption");
    if (line && node === told) line.textContent = `${node.getAttribute("data-name")}: ${about}`;
  }

  /** The page of the node's panel says it; no other answer holds the median. */
  async function ask(node: Element, about: string): Promise<void> {
    const answer = await window.fetch(about, {
      headers: { Accept: "text/html" },
      credentials: "same-origin",
    });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("#focus .asked > :first-child")?.textContent;
    if (found) tell(node, found);
  }

  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => show(event.target instanceof Element ? event.target : null));
  }
}

function follow(figure: HTMLElement, node: string | null): void {
  figure.classList.toggle("following", node !== null);
  const ends = new Set([node]);
  for (const band of figure.querySelectorAll("[data-from]")) {
    const from = band.getAttribute("data-from");
    const to = band.getAttribute("data-to");
    const on = node !== null && (from === node || to === node);
    band.classList.toggle("on", on);
    if (on) ends.add(from).add(to);
  }
  for (const other of figure.querySelectorAll("[data-node]")) {
    other.classList.toggle("on", node !== null && ends.has(other.getAttribute("data-node")));
  }
}
