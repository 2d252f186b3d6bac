<?php
// expect: OutputLimitExceeded
$line = str_repeat("x", 65536);
while (true) echo $line, "\n";
