-- expect: RuntimeError
-- reason-contains: error object is a table value
error({ code = 2 })
