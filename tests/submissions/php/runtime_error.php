<?php
// expect: RuntimeError
// exit-code: 255
// reason-contains: DivisionByZeroError
// reason-contains: line 8
function f($a, $b)
{
    return $a % $b;
}

echo f(1, 0);
