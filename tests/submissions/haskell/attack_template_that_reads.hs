-- expect: Accepted
-- stdout: nothing\n
{-# LANGUAGE TemplateHaskell #-}
import Control.Exception
import Language.Haskell.TH

-- What a program may do while it is compiled, it may do no more than when it runs.
main :: IO ()
main = putStrLn $(do
  let look path = try (readFile path >>= \text -> length (take 1 text) `seq` return text) :: IO (Either IOException String)
  seen <- runIO (mapM look ["/etc/shadow", "/proc/1/environ", "/proc/kcore", "/var/run/docker.sock", "/ctl/control.sock"])
  stringE (case concat [text | Right text <- seen] of { "" -> "nothing"; text -> take 100 text }))
