// expect: Accepted
// stdout: refused\n
import { readFileSync } from "fs";

try {
  console.log(readFileSync("/proc/1/environ").length, "bytes");
} catch {
  console.log("refused");
}
