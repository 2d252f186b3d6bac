-- expect: RuntimeError
-- reason-contains: module 'socket' not found, module_that_is_not_there.lua line 3
require("socket")
