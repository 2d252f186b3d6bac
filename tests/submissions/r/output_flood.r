# expect: OutputLimitExceeded
line <- strrep("x", 65536)
repeat cat(line, "\n")
