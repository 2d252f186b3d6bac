-- expect: Accepted
-- stdout: Hello, world!\n
main :: IO ()
main = putStrLn "Hello, world!"
