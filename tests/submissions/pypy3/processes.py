# expect: Accepted
# expected: child\nparent\n
import subprocess
import sys

subprocess.run([sys.executable, "-c", "print('child')"], check=True)
print("parent")
