# expect: MemoryLimitExceeded
# limits: memory_bytes=67108864 cpu_ms=4000
defmodule Deep do
  def depth(n) when n < 0, do: 0
  def depth(n), do: depth(n + 1) + 1
end

IO.puts(Deep.depth(0))
