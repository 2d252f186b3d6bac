// expect: Accepted
// stdout: differ É 1,5\n
const { randomUUID } = require("crypto");
const drawn = Math.random() === Math.random() || randomUUID() === randomUUID() ? "same" : "differ";
console.log(drawn, "é".toUpperCase(), (1.5).toLocaleString("de-DE"));
