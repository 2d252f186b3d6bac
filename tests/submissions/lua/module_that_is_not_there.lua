-- expect: RuntimeError
-- reason-contains: module 'socket' not found, main.lua line 3
require("socket")
