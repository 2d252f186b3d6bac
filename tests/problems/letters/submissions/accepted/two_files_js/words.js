const fs = require("fs");
const path = require("path");

const lines = fs.readFileSync(path.join(__dirname, "values.txt"), "utf8").trim().split("\n");
const values = new Map(lines.map((line) => line.split(" ")));

exports.valueOf = (word) => [...word].reduce((sum, letter) => sum + Number(values.get(letter)), 0);
