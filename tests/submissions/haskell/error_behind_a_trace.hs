-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: Prelude.head: empty list, main.hs line 9
module Main where

import Debug.Trace (trace)

main :: IO ()
main = trace "Debug: begun" (print (head ([] :: [Int])))
