# expect: Accepted
# stdin: grüße, 世界\n
# expected: 界世 ,eßürg\n
IO.gets("") |> String.trim() |> String.reverse() |> IO.puts()
