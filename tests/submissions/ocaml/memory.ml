(* expect: MemoryLimitExceeded *)
(* limits: memory_bytes=134217728 cpu_ms=4000 *)
let () =
  let data = ref [] in
  while true do
    data := Bytes.make (1 lsl 20) 'x' :: !data
  done
