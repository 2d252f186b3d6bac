// Has what a program prints written before it goes on. On a pipe Node writes as much as there is room for, and keeps the rest for
// later, which `process.exit()` and an error throw away, and which takes memory without end of a program that prints without end.
// Where output goes to a file, as at home, nothing is lost either.
'use strict';

process.stdout._handle?.setBlocking?.(true);

// Made when it is first asked for, as Node does: most programs never ask.
const { get } = Object.getOwnPropertyDescriptor(process, 'stderr');
Object.defineProperty(process, 'stderr', {
  configurable: true,
  enumerable: true,
  get() {
    const stream = get.call(process);
    stream._handle?.setBlocking?.(true);
    return stream;
  },
});
