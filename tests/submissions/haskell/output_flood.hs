-- expect: OutputLimitExceeded
main :: IO ()
main = putStrLn (replicate 65536 'x') >> main
