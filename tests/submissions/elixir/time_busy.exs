# expect: TimeLimitExceeded
# limits: cpu_ms=300 wall_ms=10000
# reason-contains: CPU
defmodule M do
  def f, do: f()
end

M.f()
