      *> expect: Accepted
      *> stdout: Hello, world!\n
       identification division.
       program-id. hello.
       procedure division.
           display "Hello, world!".
           stop run.
