// expect: Accepted
// stdout: bounded\n
import Glibc

var children: [pid_t] = []
while children.count < 5000 {
    var child: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
    if posix_spawn(&child, "/bin/sleep", nil, nil, &words, nil) != 0 { break }
    children.append(child)
}
print(children.count < 5000 ? "bounded" : "unbounded")
for child in children { kill(child, SIGKILL) }
