// expect: CompileError
// log-contains: Unexpected end of input
// log-lacks: });
// A brace is missing, and nothing that the student has not written is told.
function main() {
  for (let i = 0; i < 3; i++) {
    console.log(i);
}
main();
