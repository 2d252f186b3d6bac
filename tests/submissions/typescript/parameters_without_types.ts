// expect: Accepted
// stdin: 3\n4\n
// expected: 7\n
import * as fs from "fs";
function sum(a, b) {
    return a + b;
}
const lines = fs.readFileSync(0, "utf8").split("\n");
console.log(sum(Number(lines.shift().trim()), Number(lines.shift())));
