// expect: Accepted
// stdout: alone\n
const fs = require("fs");
const foreign = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).filter((pid) => {
  try {
    fs.readFileSync(`/proc/${pid}/environ`);
    return true;
  } catch {
    return false;
  }
});
console.log(foreign.length === 0 ? "alone" : foreign);
