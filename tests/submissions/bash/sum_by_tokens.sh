# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
words=($(cat))
echo $((words[0] + words[1]))
