      *> expect: Accepted
      *> stdout: over\n
       identification division.
       program-id. main.
       procedure division.
           call "SYSTEM" using
             "f() { f | f & }; (f) 2>/dev/null; sleep 0.3".
           display "over".
           stop run.
