// Has what a program prints written before it goes on. On a pipe Node writes as much as there is room for, and keeps the rest for
// later, which `process.exit()` and an error throw away. Where output goes to a file, as at home, nothing is lost either.
'use strict';

process.stdout._handle?.setBlocking?.(true);
