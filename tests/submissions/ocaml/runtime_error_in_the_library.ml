(* expect: RuntimeError *)
(* exit-code: 2 *)
(* reason-contains: Not_found, main.ml line 6 *)
let () =
  let prices = Hashtbl.create 10 in
  let price = Hashtbl.find prices "tea" in
  print_string price
