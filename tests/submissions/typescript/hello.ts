// expect: Accepted
// stdout: Hello, world!\n
const greeting: string = "Hello, world!";
console.log(greeting);
