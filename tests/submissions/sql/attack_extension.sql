-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: cannot open shared object file
.load /w/nothing
