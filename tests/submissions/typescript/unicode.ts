// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
import { readFileSync } from "fs";

console.log([...readFileSync(0, "utf8").trimEnd()].reverse().join(""));
