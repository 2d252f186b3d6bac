// expect: RuntimeError
// file: shop/prices.ts export async function price(name) { return name.length }\n
// entry-point: await_outside_of_functions.ts
// stdout: 3\n
// reason-contains: Error: closed, await_outside_of_functions.ts line 9
import { price } from "./shop/prices";
console.log(await price("tea"));
await Promise.resolve();
throw new Error("closed");
