(* expect: Accepted *)
(* expected: 70\n *)
let () = UnixLabels.(print_endline (string_of_int (gmtime 0.).tm_year))
