# expect: Accepted
# stdin:  20\n\n 22 
# expected: 42\n
IO.read(:eof) |> String.split() |> Enum.map(&String.to_integer/1) |> Enum.sum() |> IO.puts()
