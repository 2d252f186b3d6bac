// expect: Accepted
// expected: Ada 2 1\n
class Node {
  constructor(public value: number, public next: Node | null = null) {}
}

const name = "Ada";
let list: Node | null = null;
for (const value of [1, 2]) list = new Node(value, list);
const values: number[] = [];
for (let node = list; node; node = node.next) values.push(node.value);
console.log(name, values.join(" "));
