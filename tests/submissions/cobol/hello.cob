      *> expect: Accepted
      *> stdout: Hello, world!\n
       identification division.
       program-id. main.
       procedure division.
           display "Hello, world!".
           stop run.
