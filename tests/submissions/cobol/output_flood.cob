      *> expect: OutputLimitExceeded
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 one-line pic x(8192) value all "x".
       procedure division.
           perform until 1 = 2
               display one-line
           end-perform
           stop run.
