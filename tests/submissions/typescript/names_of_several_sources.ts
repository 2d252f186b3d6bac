// expect: Accepted
// expected: 42\n
// file: prices.ts const path = require("path");\nfunction main() {\n  return 22;\n}\nmodule.exports = { tea: main(), path };\n
// entry-point: names_of_several_sources.ts
const path = require("path");
const prices = require("./prices");

function main() {
  console.log(20 + prices.tea);
}

main();
