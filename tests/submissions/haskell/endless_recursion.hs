-- expect: RuntimeError
-- limits: stack_bytes=16777216
-- reason-contains: the recursion is too deep
depth :: Int -> Int
depth n = 1 + depth (n + 1)

main :: IO ()
main = print (depth 0)
