print(eval(open(0).read().strip().replace("\n", "+")))
