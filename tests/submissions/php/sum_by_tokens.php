<?php
// expect: Accepted
// stdin:  20\n\n 22 
// expected: 42\n
$words = preg_split("/\\s+/", trim(stream_get_contents(STDIN)));
echo array_sum($words), "\n";
