/** A program for each language: it reads two numbers and writes their sum. Loaded when it is needed. */

import { patiently } from "../components/later";
import { plain } from "../editor/families";

export interface Example {
  source: string;
  stdin: string;
  expected: string;
}

export async function example(language: string): Promise<Example> {
  const { sources, inputs } = await patiently(() => import("./example-sources"));
  const name = plain(language).replace("pypy", "python");
  const own = (texts: Record<string, string>) => (Object.hasOwn(texts, name) ? texts[name] : undefined);
  return { source: own(sources) ?? "", stdin: own(inputs) ?? "20\n22\n", expected: "42\n" };
}
