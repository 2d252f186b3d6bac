(* expect: RuntimeError *)
(* exit-code: 2 *)
(* reason-contains: Invalid_argument("index out of bounds"), main.ml line 4 *)
let () = print_int [|1; 2; 3|].(3)
