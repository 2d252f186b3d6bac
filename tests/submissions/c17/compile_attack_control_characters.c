// expect: CompileError
// log-contains: look here
// log-lacks-hex: 1b
// log-lacks-hex: 07
#error look here [31mred[2J and ring
