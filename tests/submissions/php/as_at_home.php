<?php
// expect: Accepted
// stdout: 13:00 differ É\n
date_default_timezone_set("Europe/Paris");
$drawn = random_int(0, PHP_INT_MAX) === random_int(0, PHP_INT_MAX) ? "same" : "differ";
echo date("H:i", 1699963200), " $drawn ", mb_strtoupper("é"), "\n";
