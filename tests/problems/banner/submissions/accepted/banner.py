line = f"* {input().upper()} *"
print("*" * len(line), line, "*" * len(line), sep="\n")
