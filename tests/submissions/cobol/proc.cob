      *> expect: Accepted
      *> stdout: refused\n
       identification division.
       program-id. main.
       procedure division.
           call "SYSTEM" using
             "cat /proc/self/environ >/dev/null || exit;"
           & "cat /proc/1/environ 2>/dev/null || echo refused".
           stop run.
