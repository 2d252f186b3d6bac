-- expect: Accepted
-- stdout: bounded\n
import Control.Exception
import System.Process

start :: Int -> [ProcessHandle] -> IO [ProcessHandle]
start 0 children = putStrLn "unbounded" >> return children
start n children = do
  started <- try (spawnProcess "sleep" ["60"]) :: IO (Either IOException ProcessHandle)
  case started of
    Left _ -> putStrLn "bounded" >> return children
    Right child -> start (n - 1) (child : children)

main :: IO ()
main = start 5000 [] >>= mapM_ terminateProcess
