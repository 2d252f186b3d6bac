(* expect: Accepted *)
(* stdout: refused\n *)
let () =
  match open_in_bin "/proc/1/environ" with
  | _ -> print_endline "opened"
  | exception Sys_error _ -> print_endline "refused"
