-- expect: Accepted
-- expected: 42\n
-- file: shop/prices.lua return { total = function(a, b) return a + b end }\n
-- entry-point: package.lua
local prices = require("shop.prices")
print(prices.total(20, 22))
