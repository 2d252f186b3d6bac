-- expect: WrongAnswer
-- stdin: 20 22\n
-- expected: 42\n
-- reason-contains: line 1
main :: IO ()
main = interact $ \text -> show (product (map read (words text) :: [Int])) ++ "\n"
