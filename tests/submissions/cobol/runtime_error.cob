      *> expect: RuntimeError
      *> reason-contains: subscript of 'square' out of bounds: 7
      *> reason-contains: main.cob line 12
       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 i pic 9 value 7.
       01 boxes.
          05 square pic 9 occurs 3 times.
       procedure division.
           display square(i).
           stop run.
