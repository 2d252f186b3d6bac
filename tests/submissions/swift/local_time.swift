// expect: Accepted
// expected: 1970-01-01 true\n
import Foundation

let format = DateFormatter()
format.dateFormat = "yyyy-MM-dd"
format.timeZone = TimeZone(identifier: "UTC")
print(format.string(from: Date(timeIntervalSince1970: 0)), (0..<10).contains(Int.random(in: 0..<10)))
