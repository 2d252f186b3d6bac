/** What somebody writes for a problem: kept in this browser, and brought back where a file has taken its place. */

import { useEffect, useState } from "preact/hooks";
import { language, languages } from "../api/languages";
import { textOf } from "../components/text-file";
import { draft } from "../playground/draft";
import { keep, kept } from "./answers";

export interface Written {
  language: string;
  source: string;
  /** Of its only file. */
  name: string;
  /** Changes when the source was replaced by somebody else than the editor. */
  generation: number;
  /** What a file has taken the place of. */
  before: string | null;
  choose(language: string): void;
  write(source: string): void;
  /** Takes what is in the file; returns why that cannot be. */
  take(file: File): Promise<string | null>;
  bringBack(): void;
  forget(): void;
}

export function useWritten(problem: string): Written {
  const [begun] = useState(() => kept(problem) ?? { language: draft.value.language, source: draft.value.files[0]?.content ?? "" });
  const [id, choose] = useState(begun.language);
  const [source, write] = useState(begun.source);
  const [generation, setGeneration] = useState(0);
  const [before, setBefore] = useState<string | null>(null);
  useEffect(() => { if (id !== begun.language || source !== begun.source) keep(problem, { language: id, source }); }, [id, source]);
  const show = (text: string) => {
    write(text);
    setGeneration((number) => number + 1);
  };
  const take = async (file: File) => {
    const read = await textOf(file);
    if ("problem" in read) return read.problem;
    show(read.text);
    setBefore(source.trim() && source !== read.text ? source : null);
    const extension = file.name.split(".").pop() ?? "";
    const found = languages.value.find((language) => language.extensions.includes(extension));
    if (found && !language(id)?.extensions.includes(extension)) choose(found.id);
    return null;
  };
  const forget = () => setBefore(null);
  const bringBack = () => {
    if (before !== null) show(before);
    forget();
  };
  return { language: id, source, name: language(id)?.source_file ?? "main.txt", generation, before, choose, write, take, bringBack, forget };
}
