-- expect: Accepted
-- expected: child\nparent\n
import System.Process

main :: IO ()
main = do
  readProcess "echo" ["child"] "" >>= putStr
  putStrLn "parent"
