"""Draws for ever."""

while True:
    with open("chart.svg", "w") as chart:
        chart.write("<svg>")
