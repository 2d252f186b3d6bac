# expect: JudgeError
import sys

for name, number in (("score.txt", 50), ("score_multiplier.txt", 0.5)):
    with open(sys.argv[3] + name, "w") as score:
        score.write(f"{number}\n")
sys.exit(42)
