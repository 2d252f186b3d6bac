# Parses each source that is named, and runs none. What is wrong is told as `main.exs:3:5: ...`, for all of them.
failed =
  Enum.reject(System.argv(), fn name ->
    case Code.string_to_quoted(File.read!(name), file: name, emit_warnings: false) do
      {:ok, _} ->
        true

      {:error, {where, problem, token}} ->
        problem = if is_tuple(problem), do: "#{elem(problem, 0)}#{elem(problem, 1)}", else: problem
        IO.puts("#{name}:#{where[:line]}:#{where[:column] || 1}: #{problem}#{token}")
        false
    end
  end)

if failed != [], do: System.halt(1)
