//! The functions of go-judge's C library (`cmd/go-judge-ffi`), so that a program that links it keeps its code: `Init`,
//! `Exec`, `FileList`, `FileAdd`, `FileGet`, `FileDelete`. There the library is the judge; here it is a client of a
//! running Gavel. `include/gavel.h` describes every function.

#![deny(unsafe_code)]

mod client;
#[expect(unsafe_code, reason = "pointers of C callers are read and written here, and nowhere else")]
pub mod exports;
