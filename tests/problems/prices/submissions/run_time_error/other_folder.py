from pathlib import Path

print(Path("data/prices.csv").read_text())
