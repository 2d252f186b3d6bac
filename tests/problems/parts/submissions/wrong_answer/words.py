print("as many as you like")
