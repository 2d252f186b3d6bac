const lines = require("readline").createInterface({ input: process.stdin });
let [low, high, guess] = [1, 1000000, 0];

function ask() {
  guess = Math.floor((low + high) / 2);
  console.log(guess);
}

lines.on("line", (reply) => {
  if (reply === "correct") return lines.close();
  if (reply === "lower") high = guess - 1;
  if (reply === "higher") low = guess + 1;
  ask();
});
ask();
