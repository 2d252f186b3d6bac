-- expect: Accepted
-- stdin:  20\n\n 22 
-- expected: 42\n
main :: IO ()
main = interact $ \text -> show (sum (map read (words text) :: [Int])) ++ "\n"
