// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
import { readFileSync } from "fs";

const [a, b] = readFileSync(0, "utf8").split("\n").map(Number);
console.log(a + b);
