// expect: RuntimeError
// exit-code: 1
// reason-contains: unhandled rejection: text of mine
Promise.reject("text of mine");
