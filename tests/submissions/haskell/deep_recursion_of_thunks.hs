-- expect: Accepted
-- limits: cpu_ms=4000
-- expected: 500000500000\n
-- A sum that is not made before it is asked for.
main :: IO ()
main = print (foldr (+) 0 [1 .. 1000000 :: Integer])
