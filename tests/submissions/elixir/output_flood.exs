# expect: OutputLimitExceeded
Stream.repeatedly(fn -> IO.write(String.duplicate("x", 65536)) end) |> Stream.run()
