// expect: Accepted
// stdout: bounded\n
const { spawn } = require("child_process");
const children = [];
let bounded = false;
function more() {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  child.on("error", () => (bounded = true));
  if (child.pid === undefined || children.length >= 5000) {
    console.log(child.pid === undefined ? "bounded" : "unbounded");
    children.forEach((child) => child.kill("SIGKILL"));
    return;
  }
  children.push(child);
  setImmediate(more);
}
more();
