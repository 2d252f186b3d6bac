// expect: CompileError
// file: totals.swift func total(_ a: Int, _ b: Int) -> Int { a + b }\n
// entry-point: compile_error_in_the_entry.swift
// log-contains: compile_error_in_the_entry.swift:6:
// log-lacks: /tmp
print(totel(20, 22))
