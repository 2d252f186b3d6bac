(* expect: Accepted *)
(* stdout: 13:00 differ\n *)
let () =
  Unix.putenv "TZ" "Europe/Paris";
  Random.self_init ();
  let clock = Unix.localtime 1699963200. in
  let drawn = if Random.int64 Int64.max_int = Random.int64 Int64.max_int then "same" else "differ" in
  Printf.printf "%02d:%02d %s\n" clock.tm_hour clock.tm_min drawn
