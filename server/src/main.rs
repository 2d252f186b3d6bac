//! `gavel`: the server, the warden and the operator's commands in one binary.

fn main() {}
