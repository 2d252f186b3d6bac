<?php
// expect: Accepted
// stdout: refused\n
echo @file_get_contents("/proc/1/environ") === false ? "refused\n" : "read\n";
