      *> expect: MemoryLimitExceeded
      *> limits: memory_bytes=67108864
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 place usage pointer.
       procedure division.
           perform until 1 = 2
               allocate 1048576 characters initialized returning place
           end-perform.
           stop run.
