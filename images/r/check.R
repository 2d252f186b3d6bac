# Parses each source that is named, and runs none. What is wrong is told as R tells it: `main.R:3:5: ...`, for all of them.
failed <- FALSE
for (name in commandArgs(trailingOnly = TRUE)) {
  tryCatch(parse(name), error = function(problem) {
    cat(conditionMessage(problem), "\n", sep = "")
    failed <<- TRUE
  })
}
quit(status = if (failed) 1 else 0)
