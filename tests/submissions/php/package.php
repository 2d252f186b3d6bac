<?php
// expect: Accepted
// expected: 42\n
// file: shop/prices.php <?php\nfunction total($a, $b)\n{\n    return $a + $b;\n}\n
// entry-point: package.php
require "shop/prices.php";

echo total(20, 22), "\n";
