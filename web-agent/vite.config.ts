import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.ZUOXI_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // `/assets` is served as immutable: every name carries the hash of its content.
  build: { target: "es2022", sourcemap: false, manifest: true, chunkSizeWarningLimit: 1500 },
  server: {
    port: 5173,
    proxy: { "/api": { target: server, ws: true } },
  },
  // A machine that builds besides is slow at times; nothing here measures.
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}", "test/**/*.test.{ts,tsx}"],
    testTimeout: 20_000,
  },
});
