# expect: Accepted
# expected: 42\n
# file: shop/prices.ex defmodule Prices do\n  def total(a, b), do: a + b\nend\n
# entry-point: package.exs
Code.require_file("shop/prices.ex")
IO.puts(Prices.total(20, 22))
