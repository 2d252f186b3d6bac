const text = require("fs").readFileSync(0, "utf8").trimEnd().toUpperCase();
const stars = "*".repeat(text.length + 4);
console.log(`${stars}\n* ${text} *\n${stars}`);
