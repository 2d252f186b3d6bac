// Does not see that something is left.
const n = Number(require("fs").readFileSync(0, "utf8"));
const parts = [];
for (let part = 1, sum = 1; sum <= n; part++, sum += part) parts.push(part);
console.log(parts.join(" "));
