# expect: Accepted
# expected: 42\n
# file: shop/prices.sh total() { echo $(($1 + $2)); }\n
# entry-point: package.sh
source shop/prices.sh
total 20 22
