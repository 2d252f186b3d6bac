      *> expect: Accepted
      *> stdin: grüße, 世界\n
      *> expected: grüße, 世界!\n
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 one-line pic x(80).
       procedure division.
           accept one-line.
           display function trim(one-line) "!".
           stop run.
