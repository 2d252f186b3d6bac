// expect: RuntimeError
// exit-code: 3
// reason-contains: status 3
process.exit(3);
