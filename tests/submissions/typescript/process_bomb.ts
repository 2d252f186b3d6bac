// expect: Accepted
// stdout: bounded\n
import { ChildProcess, spawn } from "child_process";

const children: ChildProcess[] = [];
function more(): void {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  child.on("error", () => {});
  if (child.pid === undefined || children.length >= 5000) {
    console.log(child.pid === undefined ? "bounded" : "unbounded");
    children.forEach((child) => child.kill("SIGKILL"));
    return;
  }
  children.push(child);
  setImmediate(more);
}
more();
