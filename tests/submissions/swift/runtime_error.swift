// expect: RuntimeError
// reason-contains: no such item, main.swift line 5
// Its words and its line are told.
func find(_ n: Int) -> Int {
    fatalError("no such item")
}
print(find(3))
