// expect: CompileError
// log-contains: `main` function not found
#![crate_type = "lib"]

pub fn total(a: i32, b: i32) -> i32 {
    a + b
}
