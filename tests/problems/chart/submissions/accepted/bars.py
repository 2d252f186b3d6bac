input()
heights = list(map(int, input().split()))
with open("chart.svg", "w") as chart:
    chart.write('<svg xmlns="http://www.w3.org/2000/svg">\n')
    for place, height in enumerate(heights):
        chart.write(f'<rect x="{10 * place}" y="{1000 - height}" width="9" height="{height}"/>\n')
    chart.write("</svg>\n")
print(max(heights))
