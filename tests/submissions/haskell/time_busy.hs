-- expect: TimeLimitExceeded
-- limits: cpu_ms=300 wall_ms=10000
-- reason-contains: CPU
main :: IO ()
main = print (length [x | x <- [1 :: Integer ..], x < 0])
