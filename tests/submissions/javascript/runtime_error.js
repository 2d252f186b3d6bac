// expect: RuntimeError
// reason-contains: TypeError
// reason-contains: line 7
// exit-code: 1
const values = [];
const first = values[0];
console.log(first.name);
