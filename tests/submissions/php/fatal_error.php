<?php
// expect: RuntimeError
// reason-contains: Class Square contains 1 abstract method
// reason-contains: main.php line 7
interface Shape { function area(); }
echo "ok\n";
class Square implements Shape {}
