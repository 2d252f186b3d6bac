const { valueOf } = require("./words.js");

const words = require("fs").readFileSync(0, "utf8").split(/\s+/);
for (const word of words.filter(Boolean)) console.log(valueOf(word));
