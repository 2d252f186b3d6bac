(* expect: Accepted *)
(* expected: 5000050000\n *)
let rec depth n = if n = 0 then 0 else n + depth (n - 1)
let () = Printf.printf "%d\n" (depth 100000)
