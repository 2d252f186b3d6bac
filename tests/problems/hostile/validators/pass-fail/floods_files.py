# expect: JudgeError|Accepted
# Whether so many files are refused or not looked at: nobody may be kept busy with them.
import sys

for number in range(100_000):
    open(f"{sys.argv[3]}{number}", "w").close()
sys.exit(42)
