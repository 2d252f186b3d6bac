# expect: Accepted
# stdout: refused\n
content <- tryCatch(suppressWarnings(readBin("/proc/1/environ", "raw", 100)), error = function(refused) NULL)
cat(if (is.null(content)) "refused" else length(content), "\n", sep = "")
