      *> expect: Accepted
      *> expected: 42\n
      *> file: shop/total.cob        identification division.\n       program-id. total.\n       data division.\n       linkage section.\n       01 a pic 99.\n       01 b pic 99.\n       procedure division using a b.\n           add a to b.\n           goback.\n
      *> entry-point: package.cob
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 a pic 99 value 20.
       01 b pic 99 value 22.
       procedure division.
           call "total" using a b.
           display b.
           stop run.
