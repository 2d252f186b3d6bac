// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
process.stdout.write(process.argv.slice(2).map((word: string) => `[${word}]`).join(""));
