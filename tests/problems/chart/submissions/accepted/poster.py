"""A chart that is larger than what is handed back, which changes nothing about the answer."""

input()
with open("chart.svg", "w") as chart:
    chart.write("<svg>" + " " * (6 << 20) + "</svg>")
print(max(map(int, input().split())))
