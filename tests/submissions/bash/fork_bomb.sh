# expect: Accepted
# stdout: bounded\n
f() { f | f & }
( f ) 2>errors
# By the shell alone, which may find no process for a program of its own.
end=$((${EPOCHREALTIME/./} + 300000))
while ((${EPOCHREALTIME/./} < end)); do :; done
mapfile -t lines <errors
[[ ${lines[*]} == *'fork: '* ]] && echo bounded
exit 0
