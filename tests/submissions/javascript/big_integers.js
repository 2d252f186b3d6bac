// expect: Accepted
// stdout: 1267650600228229401496703205376\n
console.log(String(2n ** 100n));
