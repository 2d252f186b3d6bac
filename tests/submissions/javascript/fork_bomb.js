// expect: Accepted
// limits: cpu_ms=5000
// stdout: bounded\n
const { spawn } = require("child_process");
const children = [];
let failed = false;
for (let i = 0; i < 300 && !failed; i++) {
  try {
    const child = spawn("sleep", ["60"]);
    child.on("error", () => { failed = true; });
    failed ||= child.pid === undefined;
    children.push(child);
  } catch {
    failed = true;
  }
}
console.log(failed ? "bounded" : "unbounded");
for (const child of children) child.kill("SIGKILL");
