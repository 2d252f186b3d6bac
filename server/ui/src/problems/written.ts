/** What somebody writes for a problem: kept in this browser, and brought back where a file, or another tab, has taken its place. */

import { useEffect, useRef, useState } from "preact/hooks";
import { language, languages } from "../api/languages";
import { textOf } from "../components/text-file";
import { draft } from "../playground/draft";
import { recallHere, rememberHere } from "../settings";
import { keep, kept, type Answer } from "./answers";

export interface Written {
  language: string;
  source: string;
  /** Of its only file. */
  name: string;
  /** Changes when the source was replaced by somebody else than the editor. */
  generation: number;
  /** A file, or what is written here, has taken the place of something. */
  isReplaced: boolean;
  choose(language: string): void;
  write(source: string): void;
  /** Takes what is in the file; returns why that cannot be. */
  take(file: File): Promise<string | null>;
  bringBack(): void;
  forget(): void;
}

/** What something else has taken the place of. */
interface Before extends Answer {
  /** What was in the file that did; null of what was written in its place. */
  by: string | null;
  /** It was written in another tab. */
  isOthers: boolean;
}

/** Of those the last so many. */
const MOST = 5;

/** Newest first; they are there for as long as the tab is. */
function useReplaced(problem: string): [Before[], (list: Before[]) => void] {
  const key = `before.${problem}`;
  const [list, show] = useState(() => read(recallHere(key)));
  return [list, (next) => {
    rememberHere(key, next.length > 0 ? JSON.stringify(next) : null);
    show(next);
  }];
}

function read(text: string | null): Before[] {
  try {
    return JSON.parse(text ?? "[]") as Before[];
  } catch {
    return [];
  }
}

export function useWritten(problem: string): Written {
  const [there] = useState(() => kept(problem));
  const [begun] = useState(() => there ?? { language: draft.value.language, source: draft.value.files[0]?.content ?? "" });
  const [id, choose] = useState(begun.language);
  const [source, write] = useState(begun.source);
  const [generation, setGeneration] = useState(0);
  const [replaced, setReplaced] = useReplaced(problem);
  // What this tab has read or kept last: what is there beside that, another has kept.
  const known = useRef(there?.source);
  /** The last of what others write is all of it, mostly. */
  const takeAside = (before: Answer | null) => {
    if (before === null || [known.current, source, ""].includes(before.source)) return;
    setReplaced([{ ...before, by: null, isOthers: true }, ...replaced.filter((one) => !one.isOthers)].slice(0, MOST));
  };
  const isWritten = useRef(false);
  useEffect(() => {
    // Also what is again as it was, once it was not.
    isWritten.current ||= id !== begun.language || source !== begun.source;
    if (!isWritten.current) return;
    takeAside(keep(problem, { language: id, source }));
    known.current = source;
  }, [id, source]);
  const show = (text: string) => {
    write(text);
    setGeneration((number) => number + 1);
  };
  const take = async (file: File) => {
    const read = await textOf(file);
    if ("problem" in read) return read.problem;
    show(read.text);
    const [last, ...others] = replaced;
    // Nobody has written what came from the file before, unless it was changed.
    if (last && source === last.by) setReplaced([{ ...last, by: read.text }, ...others]);
    else if (source.trim() !== "" && source !== read.text) setReplaced([{ source, language: id, by: read.text, isOthers: false }, ...replaced].slice(0, MOST));
    const extension = file.name.split(".").pop() ?? "";
    const found = languages.value.find((language) => language.extensions.includes(extension));
    if (found && !language(id)?.extensions.includes(extension)) choose(found.id);
    return null;
  };
  const forget = () => setReplaced(replaced.slice(1));
  const bringBack = () => {
    const [last, ...others] = replaced;
    if (!last) return;
    show(last.source);
    choose(last.language);
    // As in the playground: nothing that was written is lost to what is brought back.
    setReplaced(others.length > 0 || last.by !== source ? [...others, { source, language: id, by: null, isOthers: false }] : []);
  };
  return { language: id, source, name: language(id)?.source_file ?? "main.txt", generation, isReplaced: replaced.length > 0, choose, write, take, bringBack, forget };
}
