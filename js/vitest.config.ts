import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    globalSetup: ["tag/tests/bundled.mjs", "you/tests/words.mjs"],
    include: ["*/tests/**/*.test.{ts,tsx}", "*/src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
