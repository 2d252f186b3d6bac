      *> expect: TimeLimitExceeded
      *> limits: cpu_ms=300 wall_ms=10000
      *> reason-contains: CPU
       identification division.
       program-id. main.
       procedure division.
           perform until 1 = 2
               continue
           end-perform.
           stop run.
