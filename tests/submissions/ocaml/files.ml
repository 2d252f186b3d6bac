(* expect: Accepted *)
(* expected: from the file\n *)
(* file: data/note.txt from the file\n *)
let () = open_in "data/note.txt" |> input_line |> print_endline
