# run.R SOURCE ARGUMENT...: runs a source as Rscript does, a statement at a time and at the top, but keeps where in the source
# each statement stands. Who fails is told the line, behind what R says: `at main.R:3`.

# Functions are replaced where packages find them, too.
local({
  all <- commandArgs()
  own <- match("--args", all)
  source <- all[own + 1]
  rest <- all[-seq_len(own + 1)]
  before <- sub("^--file=.*", paste0("--file=", source), all[seq_len(own - 1)])
  as_told <- function(trailingOnly = FALSE) if (trailingOnly) rest else c(before, if (length(rest)) "--args", rest)
  replace <- function(name, own) {
    unlockBinding(name, baseenv())
    assign(name, own, baseenv())
    lockBinding(name, baseenv())
  }
  replace("commandArgs", as_told)

  # What is typed at home comes from standard input. R itself would read on in the source.
  input <- NULL
  typed <- function() {
    if (is.null(input)) input <<- file("stdin", "r")
    input
  }
  replace("stdin", typed)
  replace("readline", function(prompt = "") {
    cat(prompt)
    line <- readLines(typed(), n = 1, warn = FALSE)
    if (length(line)) line else ""
  })
  asked <- scan
  body(asked) <- call("{", call("if", quote(missing(text) && identical(file, "")), call("<-", quote(file), quote(stdin()))), body(scan))
  replace("scan", asked)

  # Of the innermost statement that is in a file: R's own are in none.
  line <- function(calls) {
    places <- lapply(calls, attr, "srcref")
    names <- lapply(places, function(place) attr(place, "srcfile")$filename)
    at <- Position(function(name) length(name) == 1 && nzchar(name), names, right = TRUE)
    if (is.na(at)) "" else sprintf("at %s:%d\n", sub("^(/w|[.])/", "", names[[at]]), places[[at]][[1]])
  }
  # Behind an endless recursion there is no room for calls, nor for the compiler.
  halt <- function() {
    .Internal(options(expressions = 500000L))
    .Internal(enableJIT(0L))
    cat(line(sys.calls()), "Execution halted\n", sep = "", file = stderr())
    quit("no", 1, FALSE)
  }
  options(error = as.call(list(halt)))
})

# There is no function around the statements: what they are told of their callers is what they are told without this file. A
# program may remove all variables. This file is read while nothing keeps where its own statements stand.
{
  options(keep.source = TRUE, keep.parse.data = FALSE)
  for (.statement in local({
    statements <- parse(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[[1]]), keep.source = TRUE)
    lapply(seq_along(statements), function(at) statements[at])
  })) {
    .statement <- .Internal(withVisible(.Internal(eval(.statement, globalenv(), baseenv()))))
    if (.statement$visible) print(.statement$value)
  }
  quit("default")
}

# Where nothing can be told of an error any more, and where a program wants something else done after one, R goes on here.
cat("Execution halted\n", file = stderr())
quit("no", 1, FALSE)
