-- expect: Accepted
-- expected: 4\n
import Control.Concurrent
import Control.Monad

main :: IO ()
main = do
  done <- newEmptyMVar
  forM_ [1 .. 4 :: Int] $ \_ -> forkIO (putMVar done 1)
  ones <- replicateM 4 (takeMVar done)
  print (sum ones :: Int)
