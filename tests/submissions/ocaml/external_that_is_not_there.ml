(* expect: CompileError *)
(* reason-contains: `not_there` is declared and used, but no source defines it *)
external not_there : int -> int = "not_there"

let () = print_int (not_there 1)
