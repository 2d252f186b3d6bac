from values import VALUES


def total(word):
    return sum(VALUES[letter] for letter in word)
