/** A program on a terminal: compiled by one request, then run over a stream, in the sandbox of commands. */

import { address, request } from "../api/client";
import type { Language } from "../api/types";
import type { SourceFile } from "../playground/draft";
import { isInterpreted } from "./able";

/** As go-judge's API has it; times are nanoseconds. */
export interface Outcome {
  status: string;
  exitStatus: number;
  error?: string;
  time: number;
  memory: number;
  files?: Record<string, string>;
  fileIds?: Record<string, string>;
}

export interface Prepared {
  args: string[];
  copyIn: Record<string, unknown>;
  /** A compiled program that the server keeps until it runs. */
  kept: string | null;
}

export type Preparing = { is: "ready"; prepared: Prepared } | { is: "refused"; log: string } | { is: "impossible" };

const ENVIRONMENT = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/w", "TERM=xterm-256color"];
const SECOND = 1_000_000_000;
const LIMITS = { cpuLimit: 60 * SECOND, clockLimit: 600 * SECOND, memoryLimit: 256 * 2 ** 20, procLimit: 64 };
export async function prepare(language: Language, files: SourceFile[]): Promise<Preparing> {
  const sources = Object.fromEntries(files.map(({ name, content }) => [name, { content }]));
  const entry = files[0]?.name ?? "";
  if (isInterpreted(language)) {
    const args = language.run.map((word) => (word === "{entry}" ? entry : word));
    const found = await once({ args: ["sh", "-c", 'command -v "$1"', "sh", args[0]], copyIn: {} });
    return found.status === "Accepted" ? { is: "ready", prepared: { args, copyIn: sources, kept: null } } : { is: "impossible" };
  }
  const named = files.map(({ name }) => name).filter((name) => language.extensions.includes(name.split(".").pop() ?? ""));
  const args = language.compile.flatMap((word) => (word === "{source}" ? named : [word]));
  const compiled = await once({ args, copyIn: sources, copyOutCached: ["main"] });
  const kept = compiled.fileIds?.["main"];
  if (kept) keptByUs.add(kept);
  if (compiled.status === "Accepted" && kept) return { is: "ready", prepared: { args: ["./main"], copyIn: { main: { fileId: kept } }, kept } };
  if (/not found|no such file/i.test(compiled.error ?? "") && !compiled.files?.["stderr"]) return { is: "impossible" };
  return { is: "refused", log: (compiled.files?.["stdout"] ?? "") + (compiled.files?.["stderr"] ?? "") || (compiled.error ?? compiled.status) };
}

async function once(command: Record<string, unknown>): Promise<Outcome> {
  const files = [{ content: "" }, { name: "stdout", max: 65_536 }, { name: "stderr", max: 65_536 }];
  const limits = { cpuLimit: 20 * SECOND, clockLimit: 60 * SECOND, memoryLimit: 1024 * 2 ** 20, procLimit: 128 };
  const [outcome] = await request<Outcome[]>("POST", "/run", { json: { cmd: [{ env: ENVIRONMENT, files, ...limits, ...command }] } });
  return outcome as Outcome;
}

/** Programs that the server keeps for this page. By itself it may never remove them, and its room is there for all: so we do, also of
 * a page that is closed. Bytes cannot come here and go back, as JSON has text alone. */
const keptByUs = new Set<string>();

function remove(kept: string): void {
  if (keptByUs.delete(kept)) void request("DELETE", `/file/${kept}`, { keepalive: true }).catch(() => {});
}

addEventListener("pagehide", () => keptByUs.forEach(remove));

/** A program that runs by now, or is not run any more, need not be kept. */
export function forget({ kept }: Prepared): void {
  if (kept) remove(kept);
}

export interface Heard {
  wrote(bytes: Uint8Array): void;
  ended(outcome: Outcome | null, problem: string | null): void;
}

export class Session {
  private readonly socket: WebSocket;
  private over = false;

  constructor(private readonly prepared: Prepared, size: { rows: number; cols: number }, private readonly heard: Heard) {
    const url = new URL(address("/stream"));
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(url);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      const files = [{ streamIn: true }, { streamOut: true }, { streamOut: true }];
      this.send(1, json({ cmd: [{ args: prepared.args, env: ENVIRONMENT, files, tty: true, copyIn: prepared.copyIn, ...LIMITS }] }));
      this.resize(size);
    };
    this.socket.onmessage = (event) => this.take(new Uint8Array(event.data as ArrayBuffer));
    this.socket.onclose = () => this.end(null, null);
  }

  type(text: string): void {
    const bytes = new TextEncoder().encode(text);
    // In parts: a message has a bound, and much that is pasted is one text.
    for (let at = 0; at < bytes.length; at += 16_384) this.send(3, headed(0, bytes.subarray(at, at + 16_384)));
  }

  resize({ rows, cols }: { rows: number; cols: number }): void {
    this.send(2, json({ index: 0, fd: 0, rows, cols, x: 0, y: 0 }));
  }

  stop(): void {
    this.send(4, new Uint8Array());
  }

  close(): void {
    this.over = true;
    this.socket.close();
    forget(this.prepared);
  }

  private take(message: Uint8Array): void {
    if (message[0] === 2) {
      forget(this.prepared);
      return this.heard.wrote(message.subarray(2));
    }
    const answer = JSON.parse(new TextDecoder().decode(message.subarray(1))) as { results?: Outcome[]; error?: string };
    this.end(answer.results?.[0] ?? null, answer.error ?? null);
  }

  private end(outcome: Outcome | null, problem: string | null): void {
    if (this.over) return;
    this.over = true;
    forget(this.prepared);
    this.heard.ended(outcome, problem);
    this.socket.close();
  }

  private send(kind: number, content: Uint8Array): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(headed(kind, content));
  }
}

/** Not by spreading, which has a bound that programs pass. */
function headed(head: number, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(1 + content.length);
  message[0] = head;
  message.set(content, 1);
  return message;
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
