<?php
// expect: CompileError
// log-contains: main.php:5
$x = 1;
$y = = 2;
