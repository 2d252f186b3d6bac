// expect: Accepted
// stdout: refused\n
import Foundation

print(FileManager.default.contents(atPath: "/proc/1/environ") == nil ? "refused" : "read")
