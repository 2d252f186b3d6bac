# expect: Accepted
# stdout: 13:00 differ É\n
clock <- format(as.POSIXct(1699963200, origin = "1970-01-01", tz = "Europe/Paris"), "%H:%M")
cat(clock, if (runif(1) == runif(1)) "same" else "differ", toupper("é"))
cat("\n")
