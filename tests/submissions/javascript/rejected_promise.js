// expect: RuntimeError
// reason-contains: Error: no luck
Promise.reject(new Error("no luck"));
