// Busy until there is a line that never comes.
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
for (let at = 0; lines[at] !== "end"; at++) {
  if (at < lines.length) {
    const [a, b] = lines[at].split(" ").map(Number);
    console.log(Math.abs(a - b));
  }
}
