const given = process.argv.slice(2);
let [prefix, upper] = ["", false];
while (given.length > 0) {
  if (given.shift() === "--upper") upper = true;
  else prefix = given.shift();
}
for (const line of require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1)) {
  console.log(prefix + (upper ? line.toUpperCase() : line));
}
