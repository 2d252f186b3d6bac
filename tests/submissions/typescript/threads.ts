// expect: Accepted
// expected: 4\n
import { Worker, isMainThread, parentPort } from "worker_threads";

if (isMainThread) {
  let done = 0;
  for (let i = 0; i < 4; i++) {
    new Worker(__filename).on("message", () => {
      if (++done === 4) console.log(done);
    });
  }
} else {
  parentPort?.postMessage("done");
}
