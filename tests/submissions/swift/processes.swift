// expect: Accepted
// expected: child\nparent\n
import Foundation

let child = Process()
child.executableURL = URL(fileURLWithPath: "/bin/echo")
child.arguments = ["child"]
try child.run()
child.waitUntilExit()
print("parent")
