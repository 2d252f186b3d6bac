// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
fn main() {
    let mut data: Vec<Vec<u8>> = Vec::new();
    loop {
        data.push(vec![1; 1 << 20]);
    }
}
