-- expect: Accepted
-- stdout: 13:00 É\n
import Data.Char
import Data.Time.Clock.POSIX
import Data.Time.Format
import Data.Time.LocalTime
import System.Environment

main :: IO ()
main = do
  setEnv "TZ" "Europe/Paris"
  let noon = posixSecondsToUTCTime 1699963200
  zone <- getTimeZone noon
  putStrLn (formatTime defaultTimeLocale "%H:%M" (utcToLocalTime zone noon) ++ [' ', toUpper 'é'])
