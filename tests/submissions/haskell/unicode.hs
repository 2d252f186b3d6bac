-- expect: Accepted
-- stdin: grüße, 世界\n
-- expected: 界世 ,eßürg\n
main :: IO ()
main = getLine >>= putStrLn . reverse
