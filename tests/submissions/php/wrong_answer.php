<?php
// expect: WrongAnswer
// stdin: 20 22\n
// expected: 42\n
// reason-contains: line 1
[$a, $b] = explode(" ", fgets(STDIN));
echo $a - $b, "\n";
