(* expect: Accepted *)
(* expected: 4\n *)
let () = List.init 4 (fun _ -> Domain.spawn (fun () -> 1)) |> List.map Domain.join |> List.fold_left ( + ) 0 |> Printf.printf "%d\n"
