/** While a node is pointed at or focused, the bands into and out of it stand out. */
export function tendSankey(document: Document): void {
  for (const kind of ["pointerover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const figure = document.querySelector<HTMLElement>(".sankey");
      if (figure) follow(figure, target?.closest("[data-node]")?.getAttribute("data-node") ?? null);
    });
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
