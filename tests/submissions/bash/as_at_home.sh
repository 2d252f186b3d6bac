# expect: Accepted
# stdout: 13:00 differ É\n
letter=é
a=$SRANDOM
b=$SRANDOM
echo "$(TZ=Europe/Paris date -d @1699963200 +%H:%M) $([ "$a" != "$b" ] && echo differ) ${letter^}"
