// expect: CompileError
// log-contains: main.swift:4:
let a = 1
let text: String = a
