-- expect: MemoryLimitExceeded
-- limits: memory_bytes=134217728 cpu_ms=4000
main :: IO ()
main = do
  let xs = [1 :: Integer ..]
  print (sum xs)
  print (last xs)
