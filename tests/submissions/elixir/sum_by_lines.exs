# expect: Accepted
# stdin: 20\n22\n
# expected: 42\n
number = fn -> IO.gets("") |> String.trim() |> String.to_integer() end
IO.puts(number.() + number.())
