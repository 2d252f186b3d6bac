<?php
// expect: Accepted
// stdin: grüße, 世界\n
// expected: 界世 ,eßürg\n
preg_match_all("/./u", trim(fgets(STDIN)), $letters);
echo implode("", array_reverse($letters[0])), "\n";
