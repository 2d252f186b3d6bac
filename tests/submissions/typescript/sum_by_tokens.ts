// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
import * as fs from "fs";

const words: string[] = fs.readFileSync(0, "utf8").split(/\s+/).filter(Boolean);
console.log(words.map(Number).reduce((a, b) => a + b));
