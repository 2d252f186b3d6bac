<?php
// expect: Accepted
// expected: 5000050000\n
function depth($n)
{
    return $n == 0 ? 0 : $n + depth($n - 1);
}

echo depth(100000), "\n";
