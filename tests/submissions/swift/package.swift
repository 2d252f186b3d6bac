// expect: Accepted
// expected: 42\n
// file: shop/prices.swift func total(_ a: Int, _ b: Int) -> Int { a + b }\n
// entry-point: package.swift
print(total(20, 22))
