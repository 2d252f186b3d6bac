// expect: RuntimeError
// reason-contains: Error raised at top level: main.NotFound()
struct NotFound: Error {}

func find() throws -> Int { throw NotFound() }
print(try find())
