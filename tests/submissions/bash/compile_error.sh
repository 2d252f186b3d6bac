# expect: CompileError
# log-contains: main.sh: line 5: syntax error
x=1
echo "$x"
fi
