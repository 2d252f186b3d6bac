// expect: CompileError
// log-contains: main.ts(8,
// log-lacks: Duplicate identifier
class Node {
  constructor(public value: number) {}
}

const price: number = "text";
console.log(new Node(price));
