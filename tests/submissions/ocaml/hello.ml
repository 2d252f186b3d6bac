(* expect: Accepted *)
(* stdout: Hello, world!\n *)
let () = print_endline "Hello, world!"
