# expect: Accepted
# stdin: grüße, 世界\n
# expected: 界世 ,eßürg\n
line <- readLines("stdin", encoding = "UTF-8")
cat(rev(strsplit(line, "")[[1]]), "\n", sep = "")
