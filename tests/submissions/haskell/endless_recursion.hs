-- expect: RuntimeError
-- reason-contains: the recursion is too deep
-- limits: cpu_ms=4000
depth :: Int -> Int
depth n = if n < 0 then 0 else 1 + depth (n + 1)

main :: IO ()
main = print (depth 0)
