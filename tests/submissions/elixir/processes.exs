# expect: Accepted
# expected: 1000\n
1..1000 |> Enum.map(fn _ -> Task.async(fn -> 1 end) end) |> Task.await_many() |> Enum.sum() |> IO.puts()
