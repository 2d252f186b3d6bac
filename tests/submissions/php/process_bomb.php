<?php
// expect: Accepted
// stdout: bounded\n
$children = [];
while (count($children) < 5000) {
    $child = @proc_open(["sleep", "60"], [], $pipes);
    if ($child === false) {
        echo "bounded\n";
        break;
    }
    $children[] = $child;
}
foreach ($children as $child) {
    proc_terminate($child, 9);
}
