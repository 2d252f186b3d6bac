# expect: Accepted
# arguments: ["-v", "two words", "--help", "", "x"]
# stdout: [-v][two words][--help][][x]
import sys

print("".join(f"[{word}]" for word in sys.argv[1:]), end="")
