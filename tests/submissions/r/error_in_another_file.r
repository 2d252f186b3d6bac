# expect: RuntimeError
# exit-code: 1
# file: shop/prices.R \nprice <- function(name) {\n  # of one\n  stop("no price of ",\n    name)\n}\n
# entry-point: error_in_another_file.r
# reason-contains: no price of tea (in price(name)), shop/prices.R line 4
# stderr-contains: own words
source("shop/prices.R")
message("own words")
total <- function(names) sum(sapply(names, function(name) price(name)))
print(total(c("tea", "milk")))
