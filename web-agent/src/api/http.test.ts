import { afterEach, expect, it, vi } from "vitest";
import { address, del, get, Problem, put } from "./http";

afterEach(() => vi.unstubAllGlobals());

it("names are filled into the path as one word each, and what is not given is not asked for", () => {
  expect(address("/recordings/{id}/audio", { path: { id: "a/b?c" } })).toBe("/api/v1/recordings/a%2Fb%3Fc/audio");
  const query = { number: "+86 139", cursor: null, queue: "", recorded: false };
  expect(address("/interactions", { query })).toBe("/api/v1/interactions?number=%2B86+139&recorded=false");
});

it("a body travels as JSON, and an answer without words is nothing", async () => {
  const asked = vi.fn(async (..._: Parameters<typeof fetch>) => new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", asked);
  expect(await put("/interactions/{id}/customer", { path: { id: "7" }, body: { customer: "9" } })).toBeUndefined();
  expect(await del("/session")).toBeUndefined();
  const [[where, how], [, without]] = asked.mock.calls as [Parameters<typeof fetch>, Parameters<typeof fetch>];
  expect([where, how?.method, how?.body]).toEqual(["/api/v1/interactions/7/customer", "PUT", '{"customer":"9"}']);
  expect([without?.method, without?.body]).toEqual(["DELETE", undefined]);
});

it("a problem is thrown with its code, its fields and all that it carries", async () => {
  const document = {
    code: "flow_invalid",
    detail: "2 problems",
    errors: [{ field: "yaml", rule: "format", message: "no" }],
    problems: [{ line: 3 }],
  };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(document), { status: 422 }));
  const why = await get("/live").catch((why: unknown) => why);
  expect(why).toBeInstanceOf(Problem);
  expect(why).toMatchObject({
    status: 422,
    message: "2 problems",
    code: "flow_invalid",
    errors: document.errors,
    body: document,
  });
});
