// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
print(Int(readLine()!)! + Int(readLine()!)!)
