-- expect: Accepted
-- expected: from the file\n
-- file: data/note.txt from the file\n
main :: IO ()
main = readFile "data/note.txt" >>= putStr
