-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: Prelude.head: empty list
main :: IO ()
main = print (head ([] :: [Int]))
