      *> expect: Accepted
      *> stdin: 20 22\n
      *> expected: 42\n
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 one-line pic x(80).
       01 text-a pic x(20).
       01 text-b pic x(20).
       01 total pic -(9)9.
       procedure division.
           accept one-line.
           unstring one-line delimited by all spaces into text-a text-b.
           compute total = function numval(text-a)
               + function numval(text-b).
           display function trim(total).
           stop run.
