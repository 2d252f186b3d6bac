(* expect: OutputLimitExceeded *)
let () =
  let line = String.make 65536 'x' in
  while true do print_endline line done
