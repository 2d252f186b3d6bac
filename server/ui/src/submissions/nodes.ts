/** Which machines had to do with a submission, where several judge. */

import type { Submission, TestResult } from "../api/types";

/** In the order in which they came to it: the one that compiled, then those of the tests. */
export function nodesOf({ compile, tests }: Submission): string[] {
  const all = ((tests ?? []) as TestResult[]).flatMap(({ first_node, node }) => [first_node, node]);
  return [...new Set([compile?.node, ...all])].filter((node) => node !== undefined);
}
