// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
const line = require("fs").readFileSync(0, "utf8").trimEnd();
console.log([...line].reverse().join(""));
