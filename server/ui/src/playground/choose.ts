/** Another language, or a language's example, in the place of what is there. */

import { language } from "../api/languages";
import { change, draft, empty, type Draft, type SourceFile, type Test } from "./draft";
import { example, type Example } from "./examples";
import { keep } from "./replaced";

/** The first language of all, with its example, unless there is something by then: what a link has brought, or what was brought back. */
export async function chooseFirst(id: string, replaced: () => void): Promise<void> {
  await example(id);
  // Who was quicker has chosen another, whose example is on its way as well.
  if (!choosing && draft.value.files.length === 0) await show(id, replaced, (tests) => tests !== empty.tests);
}

/** Milliseconds for which a run waits for the language that was chosen for it. */
const PATIENCE = 3000;

/** While one is being chosen. */
let choosing: Promise<unknown> | null = null;

/** Until the language that was chosen last is the draft's: nobody's program is to be run as one in another. */
export function chosen(): Promise<unknown> {
  return Promise.race([choosing, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}

/** Another language. What somebody has written stays: a program, called as that language calls it, and tests. */
export function chooseLanguage(id: string, replaced: () => void): Promise<void> {
  const done = choose(id, replaced);
  const over = done.catch(() => {}).then(() => {
    if (choosing === over) choosing = null;
  });
  choosing = over;
  return done;
}

async function choose(id: string, replaced: () => void): Promise<void> {
  const old = await example(draft.value.language);
  // Looked at only now: somebody may have written on while that was on its way.
  const from = draft.value;
  if (isExample(from.files, old)) return show(id, replaced, (tests) => tests !== empty.tests && !areOf(tests, old));
  change({ language: id, files: renamed(from.files, id) });
  replaced();
}

/** An example in the place of what somebody has written, who can bring that back. */
export async function showExample(replaced: () => void): Promise<void> {
  const { language } = draft.value;
  await example(language);
  const own = draft.value;
  await show(language, replaced, () => false);
  // An example leaves no files.
  change({ collect: "" });
  await keep(own);
}

/** A language's example, beside tests that are somebody's own. */
async function show(id: string, replaced: () => void, areOwn: (tests: Draft["tests"]) => boolean): Promise<void> {
  const name = language(id)?.source_file ?? "main.txt";
  const { source, stdin, expected } = await example(id);
  // Looked at only now: a test may have been added while the example was on its way.
  const { tests } = draft.value;
  change({ language: id, files: [{ name, content: source }], active: 0, tests: areOwn(tests) ? tests : [{ stdin, expected }] });
  replaced();
}

/** Nothing was changed of it, or there is nothing. */
function isExample(files: SourceFile[], { source }: Example): boolean {
  const [only, ...others] = files;
  return !only || (others.length === 0 && (only.content === source || only.content.trim() === ""));
}

const areOf = ([only, ...others]: Test[], { stdin, expected }: Example): boolean => others.length === 0 && only?.stdin === stdin && only.expected === expected;

/** The only file is called as the other language calls it: by its name compilers know what it is. */
function renamed(files: SourceFile[], id: string): SourceFile[] {
  const only = files[0];
  const name = language(id)?.source_file;
  return files.length === 1 && only && name ? [{ ...only, name }] : files;
}
