import os

os.mkdir("balance.txt")
