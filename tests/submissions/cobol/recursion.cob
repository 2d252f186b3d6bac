      *> expect: Accepted
      *> expected: 50005000\n
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 n pic 9(10) comp-5 value 10000.
       01 total pic 9(12) comp-5 value 0.
       01 shown pic z(11)9.
       procedure division.
           call "depth" using n total.
           move total to shown.
           display function trim(shown).
           stop run.
       end program main.
       identification division.
       program-id. depth recursive.
       data division.
       local-storage section.
       01 smaller pic 9(10) comp-5.
       linkage section.
       01 n pic 9(10) comp-5.
       01 total pic 9(12) comp-5.
       procedure division using n total.
           if n > 0
               subtract 1 from n giving smaller
               call "depth" using smaller total
               add n to total
           end-if.
           goback.
       end program depth.
