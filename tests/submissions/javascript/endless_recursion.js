// expect: RuntimeError
// reason-contains: Maximum call stack size exceeded
function f(n) {
  return f(n + 1) + 1;
}
f(0);
