//! Problem packages of the Kattis/ICPC format, versions `legacy`, `legacy-icpc`, `2023-07` and `2025-09`,
//! and plain folders of inputs and answers such as `1.in` and `1.ans`, read from a folder into values.
//!
//! A package that came as an archive is unpacked by [`archive::unpack`], within bounds.
//! Start at [`Package::read`]. It runs nothing and writes nothing, follows no link out of the folder unless told to, and is
//! bounded in what it reads ([`bounds`]). How results of single tests become one is [`grade::grade`].

#![forbid(unsafe_code)]

mod absent;
pub mod archive;
pub mod bounds;
pub mod constants;
pub mod data;
mod domjudge;
pub mod flags;
pub mod grade;
mod languages;
pub mod metadata;
mod number;
pub mod own;
pub mod package;
mod plain;
pub mod program;
mod python2;
pub mod report;
pub mod statement;
pub mod submissions;
mod tree;
pub mod validator;
pub mod verdict;
mod yaml;

#[cfg(test)]
mod fixture;

pub use data::{Case, Data, Group};
pub use languages::is_known as is_language;
pub use metadata::{Format, Metadata};
pub use package::Package;
pub use plain::NAMES as PLAIN_NAMES;
pub use report::{Fault, Note, Place, Refused};
pub use tree::{Links, TIME_LIMIT, is_read};
pub use verdict::Verdict;
