const guests = Number(require("fs").readFileSync(0, "utf8"));
const row = Array.from({ length: guests }, (_, at) => at + 1);
const [even, odd] = [0, 1].map((rest) => row.filter((guest) => guest % 2 === rest));
console.log(guests === 2 || guests === 3 ? "impossible" : [...even, ...odd].join(" "));
