-- expect: CompileError
-- log-contains: main.hs:4
main :: IO ()
main = putStrLn 1
