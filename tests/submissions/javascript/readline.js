// expect: Accepted
// stdin: a\nb\n
// expected: b\na\n
const lines = [];
require("readline").createInterface({ input: process.stdin })
  .on("line", (line) => lines.unshift(line))
  .on("close", () => console.log(lines.join("\n")));
