# Exit status 0 where a source begins with a function and has statements beside its functions. What opens and closes blocks is
# looked for outside of comments, strings and brackets. Of functions without an `end` all that follows is theirs.

/^[ \t]*[%#]\{[ \t\r]*$/ { comments++; next }
comments {
  if (/^[ \t]*[%#]\}[ \t\r]*$/) comments--
  next
}
{
  line = $0
  before = ""
  while (line != "" && line !~ /^([%#]|\.\.\.)/) token()
}
END { exit !found }

function token() {
  if (match(line, /^[ \t\r,;]+/)) take()
  else if (match(line, /^"([^"\\]|\\.|"")*"/)) statement()
  else if (before !~ /[A-Za-z0-9_)\]}'.]/ && match(line, /^'([^']|'')*'/)) statement()
  else if (match(line, /^[A-Za-z_][A-Za-z0-9_]*/)) word(substr(line, 1, RLENGTH))
  else {
    if (line ~ /^[\(\[{]/) brackets++
    if (line ~ /^[]\)}]/) brackets--
    match(line, /^./)
    statement()
  }
}

function take() {
  before = substr(line, RLENGTH, 1)
  line = substr(line, RLENGTH + 1)
}

function word(name) {
  if (brackets > 0 || before == ".") take()
  else if (name == "function") { started = 1; if (!open) open = 1; take() }
  else if (name ~ /^(if|for|parfor|while|do|switch|try|unwind_protect)$/) { statement(); open++ }
  else if (name ~ /^(end[a-z_]*|until)$/) { if (open > 0) open--; take() }
  else statement()
}

# Outside of functions it decides: a source that begins with one is a script anyway.
function statement() {
  if (!open) { found = started; exit }
  take()
}
