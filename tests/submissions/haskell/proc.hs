-- expect: Accepted
-- stdout: refused\n
import Control.Exception
import qualified Data.ByteString as B

main :: IO ()
main = do
  taken <- try (B.readFile "/proc/1/environ") :: IO (Either IOException B.ByteString)
  putStrLn (either (const "refused") (const "read") taken)
