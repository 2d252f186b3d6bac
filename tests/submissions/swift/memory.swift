// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
var data: [[UInt8]] = []
while true {
    data.append([UInt8](repeating: 1, count: 1 << 20))
}
