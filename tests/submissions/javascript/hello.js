// expect: Accepted
// stdout: Hello, world!\n
console.log("Hello, world!");
