// expect: CompileError
// log-contains: main.js:4
// What would close a function around it, and open another, is no program.
});
(function(){
