//! The most that a package may make its reader hold or open.

/// Entries in all folders together, ignored ones too.
pub const ENTRIES: usize = 20_000;
/// Folders inside one another.
pub const DEPTH: usize = 12;
/// Bytes of one YAML or INI file.
pub const CONFIGURATION: u64 = 64 * 1024;
/// Bytes of a text that is read whole: a hint, a description.
pub const TEXT: u64 = 64 * 1024;
/// Bytes of all such texts and files together.
pub const TEXTS: u64 = 16 * 1024 * 1024;
/// Bytes of a sequence of strings: arguments, groups that are required.
pub const ARGUMENTS: usize = 2 * 1024;
/// Example submissions.
pub const SUBMISSIONS: usize = 500;
/// Patterns in `submissions.yaml`.
pub const PATTERNS: usize = 128;
/// Persons that are credited for one thing.
pub const PERSONS: usize = 64;
/// Bytes from the beginning of a file that is searched: a statement's name, a source's expected results.
pub const SEARCHED: u64 = 256 * 1024;
/// Bytes of a file in which constants are replaced, before and behind.
pub const REPLACED: u64 = 16 * 1024 * 1024;
/// Bytes of all such files together, behind: they are texts, and there may be many.
pub const REPLACED_ALL: u64 = 256 * 1024 * 1024;
/// Characters of one string in a YAML file.
pub const STRING: usize = 16 * 1024;
/// Faults told, and notes told; how many more there are is told too.
pub const TOLD: usize = 200;
/// Patterns that the braces of one pattern may stand for.
pub const ALTERNATIVES: usize = 64;
/// A limit in seconds, MiB or KiB.
pub const LIMIT: f64 = 1e9;
/// A limit in MiB.
pub const MEBIBYTES: u64 = 1 << 30;
/// Passes of a multi-pass problem.
pub const PASSES: u64 = 1_000;
/// Bytes of one part of an entry's name in an archive: what a file system takes.
pub const NAME: usize = 255;
/// Bytes of an entry's whole name in an archive.
pub const PATH: usize = 1024;
/// Bytes of where a link in an archive leads.
pub const LINK: usize = 1024;
/// Links that lead from one to the next till a file comes.
pub const LINKS: usize = 8;
/// Bytes of all files in an archive together.
pub const UNPACKED: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of one file in an archive.
pub const UNPACKED_FILE: u64 = 1024 * 1024 * 1024;
/// Bytes of all files in an archive together that no ratio is looked at for.
pub const UNRATED: u64 = 256 * 1024 * 1024;
/// How many times as large as the archive its files may be together, if they are more than [`UNRATED`].
pub const RATIO: u64 = 200;
/// Bytes with which a tar may describe one entry beside its header.
pub const DESCRIPTION: u64 = 256 * 1024;
