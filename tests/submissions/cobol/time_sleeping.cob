      *> expect: TimeLimitExceeded
      *> limits: cpu_ms=400 wall_ms=1500
      *> reason-contains: on the clock
       identification division.
       program-id. main.
       procedure division.
           call "C$SLEEP" using 30.
           stop run.
