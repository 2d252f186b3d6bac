// expect: RuntimeError
// file: shop/prices.swift func price(_ name: String) -> Int? { nil }\n
// entry-point: entry_that_fails.swift
// reason-contains: no price of 0, entry_that_fails.swift line 6
func total() -> Int {
    fatalError("no price of \(price("tea") ?? 0)")
}
print(total())
