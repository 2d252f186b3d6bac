<?php
// expect: Accepted
// arguments: ["-v", "two words", "--help", "", "x"]
// stdout: [-v][two words][--help][][x]
foreach (array_slice($argv, 1) as $word) echo "[$word]";
