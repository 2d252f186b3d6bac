def same(output, expected):
    return output.split() == expected.split()
