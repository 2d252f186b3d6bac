import sys
from pathlib import Path


def table(path):
    """The numbers of a file by article."""
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return {article: int(number) for article, number in (line.split(",") for line in lines)}


prices, discounts = table("prices.csv"), table("discounts/today.csv")
articles = sys.stdin.read().split()
print(sum(prices[article] * (100 - discounts.get(article, 0)) // 100 for article in articles))
