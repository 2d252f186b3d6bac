-- expect: Accepted
-- stdin: 20\n22\n
-- expected: 42\n
main :: IO ()
main = interact $ \text -> show (sum (map read (lines text) :: [Int])) ++ "\n"
