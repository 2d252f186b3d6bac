      *> expect: WrongAnswer
      *> expected: 42\n
      *> reason-contains: line 1
       identification division.
       program-id. main.
       procedure division.
           display "41".
           stop run.
