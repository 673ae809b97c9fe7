// Builds a small React application around the recipe in docs/install/spa.md, as it stands there: its addresses alone are
// those of a test. Reads {collector, site, out} as JSON; writes the script to `out`.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "vite";

const { collector, site, out } = JSON.parse(readFileSync(0, "utf8"));
const page = readFileSync(new URL("../../docs/install/spa.md", import.meta.url), "utf8");
const recipe = /```tsx\n(.*?)```/s
  .exec(page)[1]
  .replace('"https://hello.example.com"', JSON.stringify(collector))
  .replace('"example.com"', JSON.stringify(site));

const APP = `
import { StrictMode, createElement as make, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { track } from "byleave";
import { Byleave, Choices } from "./recipe.tsx";

function App() {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const moved = () => setPath(location.pathname);
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = (event) => {
    event.preventDefault();
    history.pushState({}, "", event.currentTarget.pathname);
    setPath(location.pathname);
  };
  const order = () => track("order", { size: "large" }, { value: 19.9, currency: "EUR" });
  return make("main", {},
    make(Byleave),
    make("h1", {}, path),
    make("a", { href: "/loaf", onClick: go }, "Loaf"),
    make("button", { type: "button", onClick: order }, "Order"),
    make(Choices));
}
// Strict, so that each effect runs twice.
createRoot(document.body).render(make(StrictMode, {}, make(App)));
`;
const MODULES = { "app.jsx": APP, "recipe.tsx": recipe };

const [{ output }] = await build({
  root: import.meta.dirname,
  configFile: false,
  logLevel: "error",
  mode: "development", // in which StrictMode does so
  define: { "process.env.NODE_ENV": '"development"' },
  resolve: { alias: { byleave: new URL("../package/src/index.ts", import.meta.url).pathname } },
  plugins: [
    {
      name: "recipe",
      enforce: "pre",
      resolveId: (id) =>
        Object.keys(MODULES).find((name) => id.endsWith(name)) &&
        `${import.meta.dirname}/${id.split("/").at(-1)}`,
      load: (id) => MODULES[id.split("/").at(-1)],
    },
  ],
  build: { write: false, minify: false, lib: { entry: "app.jsx", formats: ["es"] } },
}).then((result) => (Array.isArray(result) ? result : [result]));
writeFileSync(out, output[0].code);
