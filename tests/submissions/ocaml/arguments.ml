(* expect: Accepted *)
(* arguments: ["-v", "two words", "--help", "", "x"] *)
(* stdout: [-v][two words][--help][][x] *)
let () = Array.iteri (fun i word -> if i > 0 then Printf.printf "[%s]" word) Sys.argv
