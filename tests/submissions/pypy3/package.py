# expect: Accepted
# expected: 42\n
# file: shop/__init__.py \n
# file: shop/prices.py def total(a, b):\n    return a + b\n
# entry-point: package.py
from shop.prices import total

print(total(20, 22))
