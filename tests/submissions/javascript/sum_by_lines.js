// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
const lines = require("fs").readFileSync(0, "utf8").split("\n");
console.log(Number(lines[0]) + Number(lines[1]));
