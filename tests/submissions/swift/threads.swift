// expect: Accepted
// expected: 4\n
import Foundation

let lock = NSLock()
nonisolated(unsafe) var done = 0
DispatchQueue.concurrentPerform(iterations: 4) { _ in
    lock.withLock { done += 1 }
}
print(done)
