# What GNU's linker says of a static program that could load something when it runs: no student's matter. To tell it to be quiet
# (`--no-warnings`) hides errors, too, and makes programs that call what is not there.
/: in function `.*':$/ {
  N
  /\n.*: warning: Using '[^']*' in statically linked applications/ d
  P
  D
}
/: warning: Using '[^']*' in statically linked applications/ d
/: note: the message above does not take linker garbage collection into account$/ d
