(* expect: RuntimeError *)
(* exit-code: 2 *)
(* stdin: 3\n *)
(* reason-contains: Pattern matching failed, main.ml line 5 *)
let name = function 1 -> "one" | 2 -> "two"
let () = print_string (name (read_int ()))
