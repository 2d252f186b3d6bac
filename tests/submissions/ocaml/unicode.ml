(* expect: Accepted *)
(* stdin: grüße, 世界\n *)
(* expected: 界世 ,eßürg\n *)
let rec letters text at =
  if at >= String.length text then []
  else
    let size = Uchar.utf_decode_length (String.get_utf_8_uchar text at) in
    String.sub text at size :: letters text (at + size)

let () = letters (read_line ()) 0 |> List.rev |> String.concat "" |> print_endline
