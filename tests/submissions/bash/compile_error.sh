# expect: CompileError
# log-contains: main.sh: line
if true; then
  echo "$(("
fi fi
