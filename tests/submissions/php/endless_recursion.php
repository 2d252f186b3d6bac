<?php
// expect: RuntimeError
// reason-contains: the recursion is too deep
function depth($n) {
    return depth($n + 1) + 1;
}

echo depth(0), "\n";
