// expect: RuntimeError
// file: package.json {"type": "module",\n
// reason-contains: package.json is no valid JSON
console.log("never");
