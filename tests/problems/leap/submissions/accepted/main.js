const year = Number(require("fs").readFileSync(0, "utf8"));
console.log(new Date(year, 1, 29).getDate() === 29 ? "yes" : "no");
