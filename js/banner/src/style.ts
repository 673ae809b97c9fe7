/** Logical properties, so that it turns with the script; variables, so that a site may fit it to its own look. */
export const STYLE = `
:host {
  all: initial;
  position: fixed;
  z-index: 2147483647;
  inset-block-end: var(--inset);
  inset-inline-start: var(--inset);
  inline-size: var(--byleave-width, 430px);
  max-inline-size: calc(100vw - 2 * var(--inset));
  color-scheme: light dark;
  --inset: min(var(--byleave-inset, 24px), 3vw);
  --back: var(--byleave-background, #fff);
  --text: var(--byleave-text, #1b1d22);
  --soft: var(--byleave-soft-text, #4a4f59);
  --line: var(--byleave-border, #d5d7dc);
}
* { box-sizing: border-box }
section {
  max-block-size: calc(100vh - 2 * var(--inset));
  overflow: auto;
  padding: 22px;
  border: 1px solid var(--line);
  border-radius: var(--byleave-radius, 12px);
  background: var(--back);
  color: var(--text);
  font: 400 0.9em/1.45 var(--byleave-font, system-ui, sans-serif);
  overflow-wrap: break-word;
  box-shadow: 0 6px 24px rgb(0 0 0 / 12%);
}
h2 { margin: 0 0 8px; font-size: 1.15em; line-height: 1.3 }
h2:focus { outline: none }
p, ul { margin: 0 0 10px; color: var(--soft) }
ul { padding-inline-start: 18px }
ul.pick { padding: 0; list-style: none }
li { margin-block-end: 2px }
label { display: flex; gap: 10px; padding-block: 6px; cursor: pointer }
input { flex: none; inline-size: 18px; block-size: 18px; margin: 1px 0 0; accent-color: var(--text) }
.row { display: flex; gap: 8px; margin-block: 12px 10px }
button {
  flex: 1 1 0;
  min-inline-size: 0;
  min-block-size: 44px;
  padding: 6px 8px;
  border: 1px solid currentColor;
  border-radius: calc(var(--byleave-radius, 12px) * 2 / 3);
  background: var(--back);
  color: var(--text);
  font: 600 1em/1.2 var(--byleave-font, system-ui, sans-serif);
  cursor: pointer;
}
button:hover { text-decoration: underline }
button:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid var(--byleave-focus, #2563eb); outline-offset: 2px }
small { display: block; color: var(--soft); font-size: 0.9em }
a { color: inherit }
.wrong { color: var(--text); font-weight: 600 }
.wrong:empty { display: none }
@media (prefers-color-scheme: dark) {
  :host {
    --back: var(--byleave-background, #1d1f24);
    --text: var(--byleave-text, #f1f2f4);
    --soft: var(--byleave-soft-text, #c3c7cf);
    --line: var(--byleave-border, #454a54);
  }
}
@media (max-width: 400px) {
  section { padding: 16px }
  .row { flex-direction: column }
  button { flex: none }
}
@media (forced-colors: active) { section, button { border-color: CanvasText } }
@media print { :host { display: none } }
`;
