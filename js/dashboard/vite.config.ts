import { defineConfig } from "vite";

// One script and one stylesheet under fixed names; the server adds a content hash as a query.
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: "../../dashboard/static",
    emptyOutDir: true,
    target: "es2021",
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: "src/main.ts",
      output: {
        entryFileNames: "dashboard.js",
        assetFileNames: "dashboard[extname]",
        codeSplitting: false,
      },
    },
  },
});
