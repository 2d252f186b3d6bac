      *> expect: Accepted
      *> expected: from the file\n
      *> file: data/note.txt from the file\n
      *> entry-point: files.cob
       identification division.
       program-id. main.
       environment division.
       input-output section.
       file-control.
           select note assign to "data/note.txt"
               organization is line sequential.
       data division.
       file section.
       fd note.
       01 one-line pic x(40).
       procedure division.
           open input note.
           read note.
           display function trim(one-line).
           close note.
           stop run.
