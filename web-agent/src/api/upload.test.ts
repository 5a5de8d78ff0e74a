import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { admin, Problem } from ".";

let server: Server;
const seen: { method?: string; url?: string; kind?: string; body: string }[] = [];
let answer = { status: 200, body: {} as object };

beforeEach(async () => {
  seen.length = 0;
  server = createServer(async (request, reply) => {
    let body = "";
    for await (const part of request) body += part;
    seen.push({ method: request.method, url: request.url, kind: request.headers["content-type"], body });
    reply.writeHead(answer.status, { "content-type": "application/json" });
    reply.end(JSON.stringify(answer.body));
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  (window as unknown as { happyDOM: { setURL: (url: string) => void } }).happyDOM.setURL(`http://127.0.0.1:${port}/`);
});
afterEach(() => new Promise((closed) => server.close(closed)));

const at = { language: "music", name: "钢琴" } as const;
const file = new Blob(["RIFF"], { type: "audio/wav" });

it("a file travels as it is, to the place of its name", async () => {
  answer = { status: 200, body: { name: "钢琴", flowFaults: [] } };
  expect(await admin.prompts.put(at, file)).toMatchObject({ name: "钢琴" });
  const [put] = seen;
  expect(put).toEqual({
    method: "PUT",
    url: "/api/v1/admin/prompts/music/%E9%92%A2%E7%90%B4",
    kind: "audio/wav",
    body: "RIFF",
  });
});

it("a refused file is a problem like any other", async () => {
  const errors = [{ field: "file", rule: "not_wav", message: "not a WAV file" }];
  answer = { status: 422, body: { code: "invalid", detail: "no", errors } };
  const why = await admin.prompts.put(at, file).catch((why: unknown) => why);
  expect(why).toBeInstanceOf(Problem);
  expect(why).toMatchObject({ status: 422, code: "invalid", errors });
});

it("a server that is away is said to be away", async () => {
  await new Promise((closed) => server.close(closed));
  const why = await admin.prompts.put(at, file).catch((why: unknown) => why);
  expect(why).toMatchObject({ code: "offline" });
});
