// expect: Accepted
// limits: cpu_ms=5000
// expected: 2000000\n
// Much of the memory is in use, and much garbage is made beside it.
const kept = [];
for (let i = 0; i < 24; i++) {
    const part = [];
    for (let j = 0; j < 125000; j++) part.push({ x: j, y: i });
    kept.push(part);
}
let made = 0;
for (let round = 0; round < 40; round++) {
    const garbage = [];
    for (let j = 0; j < 50000; j++) garbage.push({ a: j, b: [j, round] });
    made += garbage.length;
}
console.log(made);
