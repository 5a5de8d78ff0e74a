// One way to ask the server: a route's own types say what it takes and what it answers. Errors are RFC 9457 problems;
// screens switch on `code` and show `detail`.

import type { components, paths } from "./schema";

export type FieldError = components["schemas"]["FieldFault"];

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldError[] = [],
    /** The whole document: some problems carry more (a flow's `problems`). */
    readonly body: Partial<components["schemas"]["Problem"]> = {},
  ) {
    super(detail);
    this.name = "Problem";
  }
}

const base = "/api/v1";
type Routes = { [P in keyof paths as P extends `${typeof base}${infer Rest}` ? Rest : never]: paths[P] };
type Method = "get" | "post" | "put" | "delete";

/** The routes that have a method. */
export type Path<M extends Method> = {
  [P in keyof Routes]: Routes[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof Routes];
type Operation<M extends Method, P extends Path<M>> = Routes[P] extends { [K in M]: infer O } ? O : never;

type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type Good<R> = Json<R[keyof R & (200 | 201)]>;
/** What a route answers; nothing where it has no words. */
export type Answer<M extends Method, P extends Path<M>> =
  Operation<M, P> extends { responses: infer R } ? ([Good<R>] extends [never] ? undefined : Good<R>) : never;
/** What a route is sent. */
export type Sent<M extends Method, P extends Path<M>> =
  Operation<M, P> extends { requestBody: infer B } ? Json<B> : never;

/** What may be asked for behind a route's `?`. */
export type Query<M extends Method, P extends Path<M>> =
  Operation<M, P> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
type Places<M extends Method, P extends Path<M>> =
  Operation<M, P> extends { parameters: { path: infer Names extends object } } ? { path: Names } : { path?: never };
type Body<M extends Method, P extends Path<M>> = [Sent<M, P>] extends [never] ? { body?: never } : { body: Sent<M, P> };
type OrNull<T> = { [K in keyof T]: T[K] | null };
/** The names in the path, the query, the body: as the route wants them. */
type Ask<M extends Method, P extends Path<M>> = Places<M, P> &
  Body<M, P> & { query?: OrNull<Query<M, P>>; signal?: AbortSignal };
type Args<M extends Method, P extends Path<M>> =
  Record<never, never> extends Ask<M, P> ? [ask?: Ask<M, P>] : [ask: Ask<M, P>];

type Loose = { path?: object; query?: object; body?: unknown; signal?: AbortSignal };

let onSignedOut: () => void = () => {};
/** Called once a request finds the session gone. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then;
}

/** Names filled in, what is not given left out. */
function addressed(path: string, { path: names = {}, query = {} }: Loose = {}): string {
  const filled = Object.entries(names).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    base + path,
  );
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parts.set(key, String(value));
  }
  const text = parts.toString();
  return text ? `${filled}?${text}` : filled;
}

async function problem(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as Problem["body"];
  return problemOf(answer.status, answer.statusText, body);
}
const problemOf = (status: number, title: string, body: Problem["body"]) =>
  new Problem(status, body.code || `http_${status}`, body.detail || body.title || title, body.errors, body);

/** For routes that are all alike: whoever calls says what they take and answer. */
// biome-ignore lint/suspicious/noExplicitAny: the caller knows
export async function send(method: Method, path: string, ask: Loose = {}): Promise<any> {
  const { body, signal } = ask;
  let answer: Response;
  try {
    answer = await fetch(addressed(path, ask), {
      method: method.toUpperCase(),
      credentials: "same-origin",
      headers: body === undefined ? undefined : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new Problem(0, "offline", "");
  }
  if (!answer.ok) {
    const failed = await problem(answer);
    if (answer.status === 401 && !path.startsWith("/session")) onSignedOut();
    throw failed;
  }
  return answer.status === 204 ? undefined : answer.json();
}

const asking =
  <M extends Method>(method: M) =>
  <P extends Path<M>>(path: P, ...[ask]: Args<M, P>) =>
    send(method, path, ask) as Promise<Answer<M, P>>;

export const get = asking("get");
export const post = asking("post");
export const put = asking("put");
export const del = asking("delete");

/** A file to a route that takes one; `told` hears how much of it is on its way, 0 to 1. */
export function upload<P extends Path<"put">>(
  path: P,
  names: Places<"put", P>,
  file: Blob,
  told: (part: number) => void,
): Promise<Answer<"put", P>> {
  // fetch tells nothing while it sends.
  const line = new XMLHttpRequest();
  return new Promise((done, failed) => {
    line.upload.onprogress = (event) => event.lengthComputable && told(event.loaded / event.total);
    line.onerror = () => failed(new Problem(0, "offline", ""));
    line.onload = () => {
      const body = read(line.responseText);
      if (line.status >= 200 && line.status < 300) return done(body as Answer<"put", P>);
      if (line.status === 401) onSignedOut();
      failed(problemOf(line.status, line.statusText, (body ?? {}) as Problem["body"]));
    };
    line.open("PUT", addressed(path, names));
    line.setRequestHeader("content-type", file.type || "application/octet-stream");
    line.send(file);
  });
}
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file from a route that gives one. */
export async function download<P extends Path<"get">>(path: P, ...[ask]: Args<"get", P>): Promise<ArrayBuffer> {
  const answer = await fetch(addressed(path, ask), { credentials: "same-origin" }).catch(() => {
    throw new Problem(0, "offline", "");
  });
  if (!answer.ok) throw await problem(answer);
  return answer.arrayBuffer();
}

/** Where the browser itself gets something. */
export const address = <P extends Path<"get">>(path: P, ...[ask]: Args<"get", P>) => addressed(path, ask);

/** Looks whether the session is still there; tells where it is not. */
export function checkSession() {
  get("/session").catch((why) => {
    if (why instanceof Problem && why.status === 401) onSignedOut();
  });
}
