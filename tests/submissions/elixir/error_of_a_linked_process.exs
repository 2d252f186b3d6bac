# expect: RuntimeError
# exit-code: 1
# reason-contains: RuntimeError: no price, main.exs line 6
defmodule Shop do
  def price do
    raise "no price"
  end
end

spawn_link(fn -> IO.puts(Shop.price()) end)
Process.sleep(10_000)
