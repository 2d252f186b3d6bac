(* expect: RuntimeError *)
(* exit-code: 2 *)
(* reason-contains: index out of bounds *)
let () = print_int [|1; 2; 3|].(3)
