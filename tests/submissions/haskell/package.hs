-- expect: Accepted
-- expected: 42\n
-- file: Shop/Prices.hs module Shop.Prices where\n\ntotal :: Int -> Int -> Int\ntotal a b = a + b\n
-- entry-point: package.hs
import Shop.Prices

main :: IO ()
main = print (total 20 22)
