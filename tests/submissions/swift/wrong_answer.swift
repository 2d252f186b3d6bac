// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
let numbers = readLine()!.split(separator: " ").map { Int($0)! }
print(numbers[0] - numbers[1])
