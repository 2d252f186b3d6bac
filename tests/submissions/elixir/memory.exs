# expect: MemoryLimitExceeded
# limits: memory_bytes=134217728 cpu_ms=4000
defmodule M do
  def grow(list), do: grow([Enum.to_list(1..100_000) | list])
end

M.grow([])
