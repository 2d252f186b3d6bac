      *> expect: Accepted
      *> stdout: 13:00\ndiffer\n
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 a pic 9v9(9).
       01 b pic 9v9(9).
       procedure division.
           call "SYSTEM" using
             "TZ=Europe/Paris date -d @1699963200 +%H:%M".
           compute a = function random.
           compute b = function random.
           if a = b display "same" else display "differ" end-if.
           stop run.
