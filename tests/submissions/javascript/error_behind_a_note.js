// expect: RuntimeError
// exit-code: 1
// reason-contains: TypeError: Cannot read properties of undefined (reading 'name'), main.js line 6
console.error("Note: begun");
const values = [];
console.log(values[0].name);
