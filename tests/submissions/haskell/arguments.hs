-- expect: Accepted
-- arguments: ["-v", "two words", "--help", "", "x"]
-- stdout: [-v][two words][--help][][x]
import System.Environment (getArgs)

main :: IO ()
main = getArgs >>= mapM_ (\word -> putStr ("[" ++ word ++ "]"))
