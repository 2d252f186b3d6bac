# expect: OutputLimitExceeded
line = "x" * 65536
loop { puts line }
