<?php
// expect: MemoryLimitExceeded
// limits: memory_bytes=134217728 cpu_ms=4000
// reason-contains: more memory was needed than is allowed
$data = [];
while (true) {
    $data[] = str_repeat("x", 1 << 20);
}
