/** A program for each language: it reads two numbers and writes their sum. Loaded when it is needed. */

import { patiently } from "../components/later";

export interface Example {
  source: string;
  stdin: string;
  expected: string;
}

export async function example(language: string): Promise<Example> {
  const { sources, inputs } = await patiently(() => import("./example-sources"));
  const family = language.replace(/-(clang|sanitized)$/, "").replace(/^(c|cpp|java|python|pypy)\d+$/, "$1").replace("pypy", "python");
  const own = (texts: Record<string, string>) => (Object.hasOwn(texts, family) ? texts[family] : undefined);
  return { source: own(sources) ?? "", stdin: own(inputs) ?? "20\n22\n", expected: "42\n" };
}
