// expect: RuntimeError
// reason-contains: TypeError
// reason-contains: main.ts line 5
const values: { name: string }[] = [];
console.log(values[0].name);
