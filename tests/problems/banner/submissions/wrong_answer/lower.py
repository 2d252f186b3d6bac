line = f"* {input()} *"
print("*" * len(line), line, "*" * len(line), sep="\n")
