// What the agent page loads first, compressed: the entry, all it imports, one language. Fails past the limit.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT_KB = 450;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));
const files = new Set();
function take(key) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) take(other);
}
take("index.html");
for (const key of Object.keys(manifest))
  if (/locales\/zh-CN\.json|antd\/.*zh_CN|dayjs\/locale\/zh-cn/.test(key)) take(key);
let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(new URL(file, dist))).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(8)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(8)} kB  first load of the agent page, limit ${LIMIT_KB} kB`);
process.exit(total > LIMIT_KB * 1000 ? 1 : 0);
