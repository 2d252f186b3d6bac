import sys
from pathlib import Path

lines = (line.split(",") for line in Path("prices.csv").read_text().splitlines())
prices = {article: int(price) for article, price in lines}
print(sum(prices[article] for article in sys.stdin.read().split()))
