// Makes `src/api/schema.d.ts` from the committed description of the API. Types that the description only names
// (`x-contract`) are those of `contract.gen.ts`.

import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const from = new URL("../../agent-server/openapi.json", import.meta.url);
const to = new URL("../src/api/schema.d.ts", import.meta.url);
const head = "// Generated from `agent-server/openapi.json` by `cargo xtask gen`. Do not edit.\n\n";

const ast = await openapiTS(JSON.parse(await readFile(from, "utf8")), {
  inject: 'import type * as contract from "../contract.gen";',
  transform: (schema) => {
    const name = schema["x-contract"];
    return name && ts.factory.createTypeReferenceNode(`contract.${name}`);
  },
});
await writeFile(to, head + astToString(ast));
