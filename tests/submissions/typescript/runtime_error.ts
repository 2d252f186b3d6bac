// expect: RuntimeError
// reason-contains: TypeError
const values: { name: string }[] = [];
console.log(values[0].name);
