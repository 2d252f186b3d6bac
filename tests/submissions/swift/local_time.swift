// expect: Accepted
// expected: 13:00 differ É\n
import Foundation

let format = DateFormatter()
format.dateFormat = "HH:mm"
format.timeZone = TimeZone(identifier: "Europe/Paris")
let draws = (Int.random(in: .min ... .max), Int.random(in: .min ... .max))
print(format.string(from: Date(timeIntervalSince1970: 1_699_963_200)), draws.0 != draws.1 ? "differ" : "same", "é".uppercased())
