// expect: Accepted
// stdout-size: 1000001
console.log('x'.repeat(1000000));
process.exit();
