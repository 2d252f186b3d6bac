# expect: Accepted
# stdout: bounded\n
f() { f | f & }
( f ) 2>errors
# By the shell alone, which may find no process for a program of its own.
until mapfile -t lines <errors; [[ ${lines[*]} == *'fork: '* ]]; do :; done
echo bounded
