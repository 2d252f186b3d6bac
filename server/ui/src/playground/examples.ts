/** A program for each language: it reads two numbers and writes their sum. Loaded when it is needed. */

export interface Example {
  source: string;
  stdin: string;
  expected: string;
}

export async function example(language: string): Promise<Example> {
  const { sources, inputs } = await import("./example-sources");
  const family = language.replace(/-(clang|sanitized)$/, "").replace(/^(c|cpp|java|python|pypy)\d+$/, "$1").replace("pypy", "python");
  const source = (Object.hasOwn(sources, family) ? sources[family] : undefined) ?? "";
  return { source, stdin: inputs[family] ?? "20\n22\n", expected: "42\n" };
}
