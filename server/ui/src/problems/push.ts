/** Sends a package, and says how that stands. */

import { useState } from "preact/hooks";
import { ApiError, query, request, Unreachable } from "../api/client";
import { untilReachable } from "../api/connection";
import type { components } from "../api/schema";
import { isReadable } from "../components/text-file";
import { t } from "../i18n";

type Package = components["schemas"]["ProblemPackage"];

/** What is told of secret tests. */
export type Show = components["schemas"]["Show"];

/** What is told of it, and to whom. */
export interface How {
  show: Show;
  /** Null leaves that as it is. */
  isPrivate: boolean | null;
}

/** While one is sent, `why` is said of what else was to be. */
export type Standing = { is: "idle" } | { is: "none"; why: string } | { is: "sending"; name: string; why: string | null } | { is: "taken"; problem: Package; file: File } | { is: "refused"; error: ApiError; file: File } | { is: "lost"; name: string; bytes: number };

/** `name` is null for what the file is called. */
export interface Pushing {
  now: Standing;
  push(file: File, name: string | null, how: How): Promise<void>;
  /** It is not sent, and why. */
  refuse(why: string): void;
}

export function usePush(done: () => void): Pushing {
  const [now, setNow] = useState<Standing>({ is: "idle" });
  const refuse = (why: string) => setNow((old) => (old.is === "sending" ? { ...old, why } : { is: "none", why }));
  const push = async (file: File, given: string | null, { show, isPrivate }: How) => {
    if (now.is === "sending") return refuse(t("upload.busy", { file: file.name }));
    const name = given ?? idOf(file.name);
    if (!isId(name)) return refuse(t("upload.badId"));
    setNow({ is: "sending", name, why: null });
    if (!(await isReadable(file))) return setNow({ is: "none", why: t("file.unreadable") });
    try {
      const problem = await sent(`/api/v1/problems/${encodeURIComponent(name)}${query({ show, private: isPrivate === null ? null : String(isPrivate) })}`, file);
      setNow({ is: "taken", problem, file });
      done();
    } catch (error) {
      if (error instanceof ApiError) setNow({ is: "refused", error, file });
      else if (error instanceof Unreachable) setNow({ is: "lost", name, bytes: file.size });
      else throw error;
    }
  };
  return { now, push, refuse };
}

const ID = /^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$/;

/** What a package is called by the name of its file. */
function idOf(file: string): string {
  const plain = file.replace(/\.(zip|tar|tar\.gz|tgz|kpp)$/i, "").replace(/[^A-Za-z0-9_.-]/g, "-");
  return plain.replace(/^[^A-Za-z0-9]+/, "").slice(0, 64) || "problem";
}

export const isId = (name: string): boolean => ID.test(name);

/** Once more where the server was away. A connection that then breaks off again does so by what is sent: that is for a person. */
async function sent(path: string, file: File): Promise<Package> {
  const put = () => request<Package>("PUT", path, { body: file, headers: { "Content-Type": type(file.name) } });
  return put().catch(async (error) => {
    if (!(error instanceof Unreachable)) throw error;
    await untilReachable();
    return put();
  });
}

function type(name: string): string {
  if (/\.(zip|kpp)$/i.test(name)) return "application/zip";
  return /\.(gz|tgz)$/i.test(name) ? "application/gzip" : "application/x-tar";
}
