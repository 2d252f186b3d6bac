"""What marks must be like."""


def marks(output):
    """The numbers in an output, or nothing if there is something else in it."""
    words = output.split()
    if all(word.isdigit() and len(word) <= 4 for word in words):
        return [int(word) for word in words]
    return None


def fault(chosen, n):
    """What is wrong with the marks, or nothing."""
    if not chosen:
        return "no numbers"
    if chosen != sorted(set(chosen)):
        return "not in rising order"
    if chosen[0] < 1 or chosen[-1] > n:
        return f"not from 1 to {n}"
    known = set(chosen)
    for at, low in enumerate(chosen):
        for middle in chosen[at + 1 :]:
            if 2 * middle - low in known:
                return f"{middle} is in the middle between {low} and {2 * middle - low}"
    return None
