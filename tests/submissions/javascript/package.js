// expect: Accepted
// expected: 42\n
// file: shop/prices.js exports.total = (a, b) => a + b;\n
// entry-point: package.js
const { total } = require("./shop/prices");
console.log(total(20, 22));
