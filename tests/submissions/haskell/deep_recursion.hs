-- expect: Accepted
-- expected: 5000050000\n
depth :: Int -> Int
depth 0 = 0
depth n = n + depth (n - 1)

main :: IO ()
main = print (depth 100000)
