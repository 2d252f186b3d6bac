// expect: CompileError
// file: package.json {"type": "commonjs"}\n
// log-contains: package_json_of_no_modules.js:5
// log-contains: Cannot use import statement outside a module
import { readFileSync } from "node:fs";
console.log(readFileSync(0, "utf8"));
