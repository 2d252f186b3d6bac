      *> expect: Accepted
      *> stdin: 20\n22\n
      *> expected: 42\n
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 a pic s9(9).
       01 b pic s9(9).
       01 total pic -(9)9.
       procedure division.
           accept a.
           accept b.
           add a b giving total.
           display function trim(total).
           stop run.
