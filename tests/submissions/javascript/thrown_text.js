// expect: RuntimeError
// exit-code: 1
// reason-contains: uncaught: text of mine, main.js line 6
const values = [];
function fail() {
  throw "text of mine";
}
fail(values);
