// expect: Accepted
// expected: 5000050000\n
function depth(n: number): number {
  return n === 0 ? 0 : n + depth(n - 1);
}
console.log(depth(100000));
