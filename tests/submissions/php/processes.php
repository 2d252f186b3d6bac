<?php
// expect: Accepted
// expected: child\nparent\n
echo shell_exec("echo child");
echo "parent\n";
