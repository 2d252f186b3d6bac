# expect: Accepted
f() { f | f & }
( f ) 2>/dev/null
sleep 0.3
exit 0
