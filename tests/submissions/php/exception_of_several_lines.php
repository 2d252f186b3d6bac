<?php
// expect: RuntimeError
// reason-contains: Exception: the first line, main.php line 4
throw new Exception("the first line\nand the second");
