// expect: RuntimeError
// reason-contains: an index out of range
let numbers = [1, 2, 3]
print(numbers[Int(readLine() ?? "3")!])
