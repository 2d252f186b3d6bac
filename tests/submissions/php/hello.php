<?php
// expect: Accepted
// stdout: Hello, world!\n
echo "Hello, world!\n";
