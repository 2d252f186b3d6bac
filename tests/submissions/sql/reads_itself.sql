-- expect: RuntimeError
-- exit-code: 1
-- reason-contains: Input nesting limit (25) reached at line 4
.read main.sql
