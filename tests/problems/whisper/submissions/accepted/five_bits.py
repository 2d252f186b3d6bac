def write(word):
    bits = "".join(f"{ord(letter) - ord('a'):05b}" for letter in word)
    return bits.translate({ord("0"): "a", ord("1"): "b"})


def read(text):
    bits = text.translate({ord("a"): "0", ord("b"): "1"})
    return "".join(chr(ord("a") + int(bits[at : at + 5], 2)) for at in range(0, len(bits), 5))


print({"write": write, "read": read}[input()](input()))
