# expect: Accepted
# stdout: differ É UTF-8\n
import locale
import random
import secrets

drawn = "same" if random.random() == random.random() or secrets.token_bytes() == secrets.token_bytes() else "differ"
locale.setlocale(locale.LC_ALL, "")
print(drawn, "é".upper(), locale.getencoding())
