      *> expect: Accepted
      *> stdout: bounded\nover\n
      *> The shell may find no process for a program of its own.
       identification division.
       program-id. main.
       procedure division.
           call "SYSTEM" using
             "f() { f | f & }; (f) 2>e;"
           & "until read l <e; do :; done; echo bounded".
           display "over".
           stop run.
