// expect: Accepted
// expected: child\nparent\n
import { execFileSync } from "child_process";

process.stdout.write(execFileSync("echo", ["child"]));
console.log("parent");
