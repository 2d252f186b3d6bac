# Copies SQL without commands of the shell (`.mode csv`) and its notes (`# note`), whose lines are left empty. A line is one of
# these where no statement has begun: within a text, a comment or a statement it is a part of that.
!begun && waits == "" && /^[.#]/ { print ""; next }
{
  print
  scan($0 "\n")
}

# Goes over a line: `waits` is what ends the text or the comment that is open.
function scan(line,   at, c, two) {
  for (at = 1; at <= length(line); at++) {
    c = substr(line, at, 1)
    two = substr(line, at, 2)
    if (waits != "") {
      if (substr(line, at, length(waits)) != waits) continue
      at += length(waits) - 1
      waits = ""
    } else if (two == "--") {
      break
    } else if (two == "/*") {
      waits = "*/"
      at++
    } else {
      take(c)
    }
  }
}

function take(c) {
  if (c == ";" && ends()) {
    begun = 0
    first = last = ""
    return
  }
  if (c ~ /[ \t\r\n]/) {
    c = " "
    if (!begun) return
  }
  begun = 1
  if (length(first) < 64) first = first c
  last = substr(last c, length(last) < 16 ? 1 : 2)
  if (c == "[") waits = "]"
  else if (c ~ /['"`]/) waits = c
}

# The statements within a trigger end as all do: what ends the trigger is the `end` behind one of them. A statement is told by
# what it begins and ends with.
function ends() {
  return tolower(first) !~ /^(explain +)?create +(temp +|temporary +)?trigger / || tolower(last) ~ /; *end *$/
}
