// expect: OutputLimitExceeded
// stderr-truncated: true
// limits: cpu_ms=4000 memory_bytes=67108864
for (;;) console.error('x'.repeat(1000));
