      *> expect: MemoryLimitExceeded
       identification division.
       program-id. main recursive.
       procedure division.
           call "main".
           stop run.
