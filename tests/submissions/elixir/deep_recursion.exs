# expect: Accepted
# expected: 5000050000\n
defmodule M do
  def depth(0), do: 0
  def depth(n), do: n + depth(n - 1)
end

IO.puts(M.depth(100_000))
