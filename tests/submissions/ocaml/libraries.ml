(* expect: Accepted *)
(* expected: 1267650600228229401496703205376\nfrom a thread\nb\n *)
let () =
  print_endline (Z.to_string (Z.pow (Z.of_int 2) 100));
  let lock = Mutex.create () in
  Thread.join (Thread.create (fun () -> Mutex.protect lock (fun () -> print_endline "from a thread")) ());
  print_endline (List.nth (Str.split (Str.regexp ", *") "a, b") 1)
