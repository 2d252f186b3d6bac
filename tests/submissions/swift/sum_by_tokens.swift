// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
var sum = 0
while let line = readLine() {
    sum += line.split(separator: " ").compactMap { Int($0) }.reduce(0, +)
}
print(sum)
