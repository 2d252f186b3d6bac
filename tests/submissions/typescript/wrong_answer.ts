// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
import { readFileSync } from "fs";

const [a, b] = readFileSync(0, "utf8").split(" ").map(Number);
console.log(a - b);
