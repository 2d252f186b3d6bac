<?php
// expect: Accepted
// expected: 3\n
// entry-point: main.php
// file: main.php ﻿<?php\nnamespace Shop;\necho 1 + 2, "\\n";\n
