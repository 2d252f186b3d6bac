# Prints nothing at all.
