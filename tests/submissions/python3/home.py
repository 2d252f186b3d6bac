# expect: Accepted
# stdout: /w True\n
import getpass
from pathlib import Path

print(Path.home(), bool(getpass.getuser()))
