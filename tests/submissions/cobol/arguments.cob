      *> expect: Accepted
      *> arguments: ["-v", "two words", "--help", "x"]
      *> stdout: [-v][two words][--help][x]
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 many pic 99.
       01 word pic x(40).
       procedure division.
           accept many from argument-number.
           perform many times
               accept word from argument-value
               display "[" function trim(word trailing) "]"
                   with no advancing
           end-perform.
           stop run.
