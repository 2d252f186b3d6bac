# expect: Accepted
# stdin: 1 2\n
# expected: 3\n
# entry-point: main.sh
# file: main.sh ﻿if read a b; then\r\n  echo $((a + b))\r\nfi\r\n
