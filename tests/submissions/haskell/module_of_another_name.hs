-- expect: Accepted
-- expected: 3\n
module Shop.Solution (main) where

main :: IO ()
main = print (1 + 2)
