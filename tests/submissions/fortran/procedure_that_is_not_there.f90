! expect: CompileError
! reason-contains: `total` is called, but no source has a procedure of that name
call total(1)
end
