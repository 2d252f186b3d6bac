(* expect: Accepted *)
(* stdin:  20\n\n 22  *)
(* expected: 42\n *)
let () = Scanf.scanf " %d %d" (fun a b -> Printf.printf "%d\n" (a + b))
