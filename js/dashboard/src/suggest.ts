import { siteOf } from "./live";

const PAUSE_MS = 150;
const MOST = 12;
const WIDER = 200; // rows looked through for a name in another case

/** While a filter's value is typed, offer the values that the report knows under the filters and days shown. */
export function suggestValues(window: Window): void {
  const { document } = window;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  for (const kind of ["input", "focusin", "change"]) {
    document.addEventListener(kind, (event) => {
      const field = event.target instanceof Element ? event.target : null;
      const form = field?.closest<HTMLFormElement>("form[data-suggest]");
      if (!form || !field?.matches("[name=fv], [name=fd]")) return;
      clearTimeout(timer);
      const mine = ++turn;
      timer = setTimeout(() => {
        valuesFor(window, form).then((values) => mine === turn && offer(form, values), ignore);
      }, PAUSE_MS);
    });
  }
}

async function valuesFor(window: Window, form: HTMLFormElement): Promise<string[]> {
  const fields = new FormData(form);
  const dimension = String(fields.get("fd"));
  const typed = String(fields.get("fv")).toLowerCase();
  const metric = form.querySelector<HTMLOptionElement>("[name=fd] option:checked")?.dataset["metric"];
  const { from, to } = form.dataset;
  const asked = {
    site: siteOf(window.location.pathname),
    from,
    to,
    metrics: [metric],
    dimensions: [dimension],
    order: [[metric, "desc"]],
    limit: WIDER,
  };
  const answer = await window.fetch("/api/v1/query", {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });
  if (!answer.ok) return [];
  const { rows } = (await answer.json()) as { rows: { dims: string[] }[] };
  return matching(
    rows.map(({ dims }) => dims[0] ?? ""),
    typed,
  );
}

/** Those of the values that hold what was typed, in any case, in their own order. */
export function matching(values: string[], typed: string): string[] {
  return values.filter((value) => value && value.toLowerCase().includes(typed)).slice(0, MOST);
}

function offer(form: HTMLFormElement, values: string[]): void {
  form.querySelector("datalist")?.replaceChildren(
    ...values.map((value) => {
      const option = document.createElement("option");
      option.value = value;
      return option;
    }),
  );
}

function ignore(): void {
  // Without suggestions the field is what it is without script.
}
