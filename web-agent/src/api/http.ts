// One way to ask the server. Errors are RFC 9457 problems; screens switch on `code` and show `detail`.

export type FieldError = { field: string; rule: string; message: string };

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly errors: FieldError[] = [],
    /** The whole document: some problems carry more (a flow's `problems`). */
    readonly body: Record<string, unknown> = {},
  ) {
    super(detail);
    this.name = "Problem";
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

let onSignedOut: () => void = () => {};
/** Called once a request finds the session gone. */
export function whenSignedOut(then: () => void) {
  onSignedOut = then;
}

export function withQuery(path: string, query?: Query): string {
  if (!query) return path;
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") parts.set(key, String(value));
  }
  const text = parts.toString();
  return text ? `${path}?${text}` : path;
}

async function problem(answer: Response): Promise<Problem> {
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string) => (typeof body[key] === "string" ? (body[key] as string) : "");
  const errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : [];
  return new Problem(
    answer.status,
    text("code") || `http_${answer.status}`,
    text("detail") || text("title") || answer.statusText,
    errors,
    body,
  );
}

export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
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
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
  ask<T>("GET", withQuery(path, query), undefined, signal);
export const post = <T>(path: string, body?: unknown) => ask<T>("POST", path, body ?? {});
export const put = <T>(path: string, body: unknown) => ask<T>("PUT", path, body);
export const del = (path: string) => ask<void>("DELETE", path);

/** Looks whether the session is still there; tells where it is not. */
export function checkSession() {
  ask("GET", "/session").catch((why) => {
    if (why instanceof Problem && why.status === 401) onSignedOut();
  });
}
