"""Adds the points of the best groups, as many as its argument says; where none has any, the first failure is the verdict."""

import sys

results = [line.split() for line in sys.stdin]
points = sorted((float(score) for verdict, score in results if verdict == "AC"), reverse=True)
if points:
    print("AC", sum(points[: int(sys.argv[1])]))
else:
    print(results[0][0], 0)
