<?php
// expect: Accepted
// expected: 2 HÉ 1180591620717411303424 3\n
echo mb_strlen("hé"), " ", mb_strtoupper("hé"), " ", bcpow("2", "70"), " ", gmp_strval(gmp_add("1", "2")), "\n";
