// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
const words = require("fs").readFileSync("/dev/stdin", "utf8").split(/\s+/).filter(Boolean);
console.log(words.map(Number).reduce((a, b) => a + b));
