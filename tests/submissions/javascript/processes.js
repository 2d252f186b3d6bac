// expect: Accepted
// expected: child\nparent\n
const { execFileSync } = require("child_process");
process.stdout.write(execFileSync(process.execPath, ["-e", "console.log('child')"]));
console.log("parent");
