// expect: OutputLimitExceeded
// limits: file_bytes=1048576
// reason-contains: a file larger than the 1 MiB allowed
// Node ignores the signal that ends other programs then.
const { openSync, writeSync } = require('fs');
const file = openSync('file', 'w');
for (;;) writeSync(file, Buffer.alloc(65536));
