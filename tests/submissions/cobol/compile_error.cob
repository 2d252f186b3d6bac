      *> expect: CompileError
      *> log-contains: main.cob:6: error
       identification division.
       program-id. main.
       procedure division.
           displ "Hello, world!".
           stop run.
