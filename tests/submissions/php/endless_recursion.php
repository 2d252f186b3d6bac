<?php
// expect: MemoryLimitExceeded
// limits: memory_bytes=67108864
function depth($n) {
    return depth($n + 1) + 1;
}

echo depth(0), "\n";
