(* expect: CompileError *)
(* log-contains: line 3 *)
let x : int = "text"
