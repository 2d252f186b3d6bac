//! What is wrong in a package, and what is only worth knowing.

use std::cell::{Cell, RefCell};
use std::fmt;

use crate::bounds;

/// Where in the package something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Path in the package, with `/`; empty for the package itself.
    pub file: String,
    /// Line in the file, counted from 1.
    pub line: Option<u64>,
    /// Key in a YAML or INI file, with dots: `limits.memory`.
    pub key: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub(crate) fn file(path: &str) -> Self {
        Self { file: path.to_owned(), line: None, key: None }
    }

    /// A key in a file.
    pub(crate) fn key(path: &str, line: u64, key: &str) -> Self {
        Self { file: path.to_owned(), line: (line > 0).then_some(line), key: Some(key.to_owned()) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_empty() { "package" } else { &self.file })?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        match &self.key {
            Some(key) => write!(f, ": {key}"),
            None => Ok(()),
        }
    }
}

/// Why the package cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What is wrong: a fragment in lower case.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

impl std::error::Error for Fault {}

/// What is not understood, ignored, or taken although the format says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where.
    pub place: Place,
    /// What was found, and what was made of it: a fragment in lower case.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Why a package is not taken, and what else its owner should know of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refused {
    /// One at least.
    pub faults: Vec<Fault>,
    /// As those of a package that is taken, as far as it was read.
    pub notes: Vec<Note>,
}

/// Collects faults and notes while a package is read.
#[derive(Debug, Default)]
pub(crate) struct Report {
    faults: RefCell<Found<Fault>>,
    notes: RefCell<Found<Note>>,
    /// Bytes of texts that have been read.
    texts: Cell<u64>,
}

#[derive(Debug)]
struct Found<T> {
    told: Vec<T>,
    more: usize,
}

impl<T> Default for Found<T> {
    fn default() -> Self {
        Self { told: Vec::new(), more: 0 }
    }
}

impl<T> Found<T> {
    fn add(&mut self, one: T) {
        if self.told.len() < bounds::TOLD {
            self.told.push(one);
        } else {
            self.more += 1;
        }
    }

    fn into_all(mut self, rest: impl Fn(usize) -> T) -> Vec<T> {
        if self.more > 0 {
            self.told.push(rest(self.more));
        }
        self.told
    }
}

impl Report {
    /// Something that makes the package unusable.
    pub(crate) fn fault(&self, place: Place, what: impl Into<String>) {
        self.faults.borrow_mut().add(Fault { place, what: what.into() });
    }

    /// Something that the owner of the package should know.
    pub(crate) fn note(&self, place: Place, what: impl Into<String>) {
        self.notes.borrow_mut().add(Note { place, what: what.into() });
    }

    /// Whether there is no fault as yet.
    pub(crate) fn is_sound(&self) -> bool {
        self.faults.borrow().told.is_empty()
    }

    /// Whether so many bytes of text may be read still; that they may not is told once.
    pub(crate) fn spend(&self, bytes: u64) -> bool {
        let before = self.texts.get();
        self.texts.set(before.saturating_add(bytes));
        if before <= bounds::TEXTS && self.texts.get() > bounds::TEXTS {
            self.fault(
                Place::default(),
                format!("more than {} bytes of texts and YAML files", bounds::TEXTS),
            );
        }
        self.texts.get() <= bounds::TEXTS
    }

    /// The value with its notes, or every fault with them.
    pub(crate) fn conclude<T>(self, value: T) -> Result<(T, Vec<Note>), Refused> {
        let faults =
            self.faults.into_inner().into_all(|more| Fault { place: Place::default(), what: rest(more) });
        let notes =
            self.notes.into_inner().into_all(|more| Note { place: Place::default(), what: rest(more) });
        if faults.is_empty() { Ok((value, notes)) } else { Err(Refused { faults, notes }) }
    }
}

fn rest(more: usize) -> String {
    format!("and {more} more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_as_compilers_do() {
        assert_eq!(
            Place::key("problem.yaml", 3, "limits.memory").to_string(),
            "problem.yaml:3: limits.memory"
        );
        assert_eq!(Place::default().to_string(), "package");
    }

    #[test]
    fn a_flood_of_notes_is_counted_but_not_held() {
        let report = Report::default();
        for _ in 0..bounds::TOLD + 5 {
            report.note(Place::default(), "x");
        }
        let (_, notes) = report.conclude(()).unwrap();
        assert_eq!(notes.len(), bounds::TOLD + 1);
        assert_eq!(notes.last().unwrap().what, "and 5 more");
    }

    #[test]
    fn texts_have_a_bound_together() {
        let report = Report::default();
        assert!(report.spend(bounds::TEXTS));
        assert!(!report.spend(1) && !report.spend(1));
        assert_eq!(report.conclude(()).unwrap_err().faults.len(), 1);
    }

    #[test]
    fn one_fault_spoils_the_value_and_what_was_noted_is_told_beside_it() {
        let report = Report::default();
        report.note(Place::default(), "n");
        report.fault(Place::file("a"), "broken");
        let Refused { faults, notes } = report.conclude(()).unwrap_err();
        assert_eq!((faults[0].to_string(), notes[0].to_string()), ("a: broken".into(), "package: n".into()));
        assert_eq!((faults.len(), notes.len()), (1, 1));
    }
}
