// expect: CompileError
// file: shop/main.swift func total(_ a: Int, _ b: Int) -> Int { a + b }\n
// entry-point: compile_error_of_another_main.swift
// log-contains: shop/main.swift:1:1: error: a program of several files begins in main.swift
print(total(20, 22))
