// expect: RuntimeError
// reason-contains: the recursion is too deep, main.ts line 3
function depth(n: number): number { return depth(n + 1) + 1; }

console.log(depth(0));
