// expect: Accepted
// expected: 42\n
// file: shop/prices.ts export function total(a: number, b: number): number {\n  return a + b;\n}\n
// entry-point: package.ts
import { total } from "./shop/prices";

console.log(total(20, 22));
