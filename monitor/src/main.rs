//! Runs one program at a time inside a container, enforces its limits and reports.

fn main() {}
