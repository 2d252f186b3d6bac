-- expect: CompileError
-- reason-contains: `not_there` is declared and used, but no source defines it
foreign import ccall "not_there" notThere :: Int -> Int

main = print (notThere 1)
