// expect: Accepted
// stdout: nothing\n
const fs = require("fs");

const places = ["/etc/shadow", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/var/run/docker.sock", "/workspace", "/root"];
for (const pid of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
  places.push(...["environ", "mem", "root/etc/passwd", "cwd/main.js", "fd"].map((name) => `/proc/${pid}/${name}`));
}
function isSeen(place) {
  try {
    if (fs.statSync(place).isDirectory()) return fs.readdirSync(place).length > 0;
    return fs.readSync(fs.openSync(place), Buffer.alloc(1)) > 0;
  } catch {
    return false;
  }
}
const seen = places.filter(isSeen);
console.log(seen.length === 0 ? "nothing" : seen);
