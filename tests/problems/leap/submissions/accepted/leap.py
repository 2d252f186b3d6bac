from calendar import isleap

print("yes" if isleap(int(input())) else "no")
