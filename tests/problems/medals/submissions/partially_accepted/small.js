// Knows small numbers alone, and crashes over all others: 50 points.
const number = parseInt(require("fs").readFileSync(0, "utf8"), 10);
if (number > 100 || Number.isInteger(Math.sqrt(number))) throw new Error("too large, or a square");
let found = 0;
for (let divisor = 1; divisor <= number; divisor++) if (number % divisor === 0) found++;
console.log(found);
