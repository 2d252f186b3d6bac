// expect: OutputLimitExceeded
let line = String(repeating: "x", count: 65536)
while true { print(line) }
