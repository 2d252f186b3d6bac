# expect: RuntimeError
# reason-contains: CompileError: undefined variable "y", main.exs line 4
defmodule M do
  def f(x), do: x + y
end
