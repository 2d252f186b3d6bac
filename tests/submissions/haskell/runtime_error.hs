-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: Prelude.head: empty list
-- reason-contains: main.hs line 6
main :: IO ()
main = print (head ([] :: [Int]))
