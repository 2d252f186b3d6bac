/** Requests to the server: what comes back, or an error that says what a person can do about it. */

import { away, isOfProxy, reachable } from "./connection";

/** What the server refused, as RFC 9457 has it. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    /** The last part of its `type`: `throttled`, `queue-full` … */
    readonly kind: string,
    readonly detail: string,
    readonly fields: { field: string; detail: string }[],
    /** Seconds after which the same may go well. */
    readonly retryAfter: number | null,
  ) {
    super(detail);
  }
}

const [TOO_MANY_REQUESTS, SERVICE_UNAVAILABLE] = [429, 503];

/** Nothing is wrong with what was asked for: soon the same may go well. */
export const isPassing = ({ status }: ApiError): boolean => status === TOO_MANY_REQUESTS || status === SERVICE_UNAVAILABLE;

/** Nobody answered: the network or the server is away. */
export class Unreachable extends Error {}

export interface Options {
  json?: unknown;
  body?: Blob;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Is sent also where the page is left meanwhile. */
  keepalive?: boolean;
  /** A status beside those of success whose body is what was asked for. */
  also?: number;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Tells the server that a page of its own sends this, which no page of another site can. */
const OWN = { "Gavel-Page": "1" };

/** What is called with every error, before whoever asked sees it, and with when that was asked for. */
export const observers = new Set<(error: ApiError, asked: number) => void>();

export async function send(method: Method, path: string, options: Options = {}): Promise<Response> {
  const asked = performance.now();
  const headers: Record<string, string> = { ...OWN, ...options.headers };
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (options.json !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(options.json);
  } else if (options.body) {
    init.body = options.body;
  }
  if (options.signal) init.signal = options.signal;
  if (options.keepalive) init.keepalive = true;
  const response = await fetch(address(path), init).catch((error) => {
    if (options.signal?.aborted) throw error;
    return null;
  });
  if (response === null || isOfProxy(response)) {
    away();
    throw new Unreachable();
  }
  reachable(asked);
  if (!response.ok && response.status !== options.also) {
    const error = await problem(response);
    observers.forEach((observer) => observer(error, asked));
    throw error;
  }
  return response;
}

export async function request<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const response = await send(method, path, options);
  return response.status === 204 ? (undefined as T) : whole(response.json() as Promise<T>, response, options);
}

/** The answer may break off behind its head, and what stands between us may have put something of its own in its place. */
async function whole<T>(body: Promise<T>, { status }: Response, { signal }: Options): Promise<T> {
  try {
    return await body;
  } catch (error) {
    if (signal?.aborted) throw error;
    if (error instanceof SyntaxError) throw new ApiError(status, "unreadable", "The answer is no JSON.", [], null);
    away();
    throw new Unreachable();
  }
}

/** What is no JSON. */
export async function getText(path: string): Promise<string> {
  const response = await send("GET", path);
  return whole(response.text(), response, {});
}

export async function getBytes(path: string): Promise<ArrayBuffer> {
  const response = await send("GET", path);
  return whole(response.arrayBuffer(), response, {});
}

export const get = <T>(path: string, options?: Options) => request<T>("GET", path, options);

/** Where something of the server is, below whatever path a proxy serves us. */
export function address(path: string): string {
  return new URL(path.replace(/^\//, ""), document.baseURI).href;
}

/** Parameters of a query that are not empty. */
export function query(parameters: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** What a proxy refuses, too, in words of its own. */
const TOO_LARGE = 413;

async function problem(response: Response): Promise<ApiError> {
  const body = await response.json().catch(() => null) as
    { type?: string; detail?: string; errors?: { field: string; detail: string }[] } | null;
  const wait = Number(response.headers.get("Retry-After"));
  return new ApiError(
    response.status,
    body?.type?.split(":").pop() ?? (response.status === TOO_LARGE ? "body-too-large" : "unknown"),
    body?.detail ?? `${response.status} ${response.statusText}`,
    body?.errors ?? [],
    wait > 0 ? wait : null,
  );
}
