(* expect: RuntimeError *)
(* reason-contains: the recursion is too deep, main.ml line 3 *)
let rec f n = 1 + f (n + 1)
let () = print_int (f 0)
