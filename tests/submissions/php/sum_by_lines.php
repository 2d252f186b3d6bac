<?php
// expect: Accepted
// stdin: 20\n22\n
// expected: 42\n
echo (int) fgets(STDIN) + (int) fgets(STDIN), "\n";
