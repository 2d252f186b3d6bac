//! go-judge's JSON, which is that of Go's `encoding/json`, to the byte and to the word.

pub(in crate::http) mod answer;
pub(super) mod request;
mod scanner;

pub(in crate::http) use answer::Answer;
pub(crate) use scanner::all_values;
