      *> expect: Accepted
      *> expected: child\nparent\n
       identification division.
       program-id. main.
       procedure division.
           call "SYSTEM" using "echo child".
           display "parent".
           stop run.
