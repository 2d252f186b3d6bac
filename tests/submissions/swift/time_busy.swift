// expect: TimeLimitExceeded
// limits: cpu_ms=300 wall_ms=10000
// reason-contains: CPU
var n = 0
while true { n = n &* 3 &+ 1 }
