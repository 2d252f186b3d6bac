# expect: RuntimeError
# reason-contains: MatchError: no match of right hand side value
# reason-contains: main.exs line 6
defmodule M do
  def f(x) do
    2 = x
  end
end

M.f(1)
