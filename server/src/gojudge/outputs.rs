//! What a request wants of a command's outputs, and what of them is in its answer.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File as OsFile;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;

use super::answer::{FileError, FileErrorKind};
use super::command::CopyOut;
use super::files::FileStore;
use super::go_error;
use super::slot::Collector;
use super::status::Files;
use crate::account::{Account, Held, Purpose};
use crate::blocking::{self, QUICK};
use crate::sandbox::{CollectFile, CollectedOutput};

/// What is told when a collector is over its maximum.
pub(super) const OUTPUT_LIMIT: &str = "Output Limit Exceeded";

/// How long contents wait for their part of the account. Meanwhile their command has its turn still.
const PATIENCE: Duration = Duration::from_secs(3);

/// The outputs of one command that its request names.
#[derive(Debug)]
pub(super) struct Outputs {
    pub(super) collectors: Vec<Collector>,
    pub(super) copy_out: Vec<CopyOut>,
    /// Of each file that is copied out.
    pub(super) copy_out_max: Bytes,
    pub(super) truncate: bool,
    /// Names whose content goes into the file store.
    pub(super) cached: BTreeSet<String>,
}

/// What was kept of an output that is not a file; none where there was no room for it.
#[derive(Debug)]
pub(super) struct Piped {
    pub(super) name: String,
    pub(super) kept: Option<(Vec<u8>, Held)>,
}

/// What is in the answer.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) contents: BTreeMap<String, Vec<u8>>,
    pub(super) ids: BTreeMap<String, String>,
    pub(super) errors: Vec<FileError>,
    pub(super) fault: Files,
    /// What is told as the command's error, where it ended well and a file failed.
    pub(super) first_failure: String,
    /// What the contents have of the account.
    pub(super) held: Vec<Held>,
}

impl Outputs {
    /// What the sandbox has to hand out: first the collectors that are files, then what is copied out.
    pub(super) fn to_collect(&self) -> Vec<CollectFile> {
        let boxed = self.boxed().map(|collector| CollectFile {
            path: collector.name.clone(),
            anywhere: false,
            max: Bytes(u64::try_from(collector.max).unwrap_or(0)),
            truncate: true,
        });
        let copied = self.copy_out.iter().map(|file| CollectFile {
            path: file.name.clone(),
            anywhere: true,
            max: self.copy_out_max,
            truncate: self.truncate,
        });
        boxed.chain(copied).collect()
    }

    /// Reads or stores what was handed out, in the order of [`Outputs::to_collect`], and what was piped. `unwritten` is
    /// what went wrong with `copyOutDir`.
    pub(super) async fn gather(
        self,
        collected: Vec<CollectedOutput>,
        piped: Vec<Piped>,
        unwritten: Option<FileError>,
        account: &Account,
        store: &Arc<FileStore>,
    ) -> Gathered {
        let (answered, is_quick) = (self.answered(&collected), self.cached.is_empty());
        // Where not all have room, each that has is answered with.
        let room = account.take(Purpose::Outputs, answered, PATIENCE).await;
        let room = room.map_err(|_full| account.open(Purpose::Outputs));
        let gathering = Gathering { store: Arc::clone(store), room, gathered: Gathered::default() };
        let gather = move || gathering.all(self, collected, piped, unwritten);
        if is_quick && answered <= QUICK as u64 {
            return gather();
        }
        blocking::elsewhere(gather).await.unwrap_or_else(|panic| {
            let mut gathered = Gathered::default();
            gathered.fail("", FileErrorKind::CopyOutCopyContent, panic.to_string());
            gathered
        })
    }

    fn boxed(&self) -> impl Iterator<Item = &Collector> {
        self.collectors.iter().filter(|collector| !collector.pipe)
    }

    /// Bytes of files that are to be in the answer.
    fn answered(&self, collected: &[CollectedOutput]) -> u64 {
        let boxed = self.boxed().map(|collector| (&collector.name, kept(collector.max) as u64));
        let copied = self.copy_out.iter().map(|file| (&file.name, self.copy_out_max.get()));
        let sizes = boxed.chain(copied).zip(collected).map(|((name, max), output)| match output {
            CollectedOutput::File { size, .. } if !self.cached.contains(name) => size.get().min(max),
            _ => 0,
        });
        sizes.fold(0, u64::saturating_add)
    }
}

/// go-judge keeps one byte more than the maximum.
pub(super) fn kept(max: i64) -> usize {
    usize::try_from(max).map_or(0, |max| max.saturating_add(1))
}

/// Contents as they come together.
struct Gathering {
    store: Arc<FileStore>,
    /// For all contents that are in the answer; else what those have that had room.
    room: Result<Held, Held>,
    gathered: Gathered,
}

impl Gathering {
    fn all(
        mut self,
        outputs: Outputs,
        collected: Vec<CollectedOutput>,
        piped: Vec<Piped>,
        unwritten: Option<FileError>,
    ) -> Gathered {
        let mut collected = collected.into_iter();
        let boxed: Vec<_> = outputs.boxed().zip(collected.by_ref()).collect();
        for (wanted, output) in outputs.copy_out.iter().zip(collected) {
            self.copy_out(&outputs, wanted, output);
        }
        if let Some(FileError { name, kind, message }) = unwritten {
            self.gathered.fail(&name, kind, message);
        }
        let from_files = self.gathered.errors.len();
        for (collector, output) in boxed {
            self.collect(&outputs, collector, output);
        }
        for Piped { name, kept } in piped {
            let max = outputs.collectors.iter().find(|collector| collector.name == name);
            self.pipe(&outputs, name, kept, max.map_or(0, |collector| collector.max));
        }
        // In the order of their names; go-judge's is that of its threads.
        if let Some(of_collectors) = self.gathered.errors.get_mut(from_files..) {
            of_collectors.sort_by(|a, b| a.name.cmp(&b.name));
        }
        self.gathered.held.push(self.room.unwrap_or_else(|some| some));
        self.gathered
    }

    fn copy_out(&mut self, outputs: &Outputs, wanted: &CopyOut, output: CollectedOutput) {
        let (name, max) = (&wanted.name, outputs.copy_out_max);
        let failed = |what: String| (FileErrorKind::CopyOutOpen, what);
        let exceeds = |size: Option<Bytes>| {
            let size = size.map(|size| format!(" ({})", size.get())).unwrap_or_default();
            let message =
                format!("copyout: {} size{size} exceeds limit ({})", go_error::quote(name), max.get());
            (FileErrorKind::CopyOutSizeExceeded, message)
        };
        let (kind, message) = match output {
            CollectedOutput::File { descriptor, size } if size <= max => {
                return self.keep(outputs, name, &descriptor, size);
            }
            CollectedOutput::File { descriptor, .. } if outputs.truncate => {
                self.keep(outputs, name, &descriptor, max);
                exceeds(None)
            }
            CollectedOutput::File { size, .. } | CollectedOutput::TooLarge(size) => exceeds(Some(size)),
            CollectedOutput::NotRegular | CollectedOutput::Failed(_) if wanted.optional => return,
            CollectedOutput::NotRegular => failed(format!("{name} is not a regular file")),
            CollectedOutput::Failed(errno) => failed(format!("open {name}: {}", go_error::errno_text(errno))),
        };
        self.gathered.fail(name, kind, message);
    }

    fn collect(&mut self, outputs: &Outputs, collector: &Collector, output: CollectedOutput) {
        let Collector { name, max, .. } = collector;
        let (kind, message) = match output {
            CollectedOutput::File { descriptor, size } => {
                self.keep(outputs, name, &descriptor, size.min(Bytes(kept(*max) as u64)));
                return self.gathered.check_maximum(name, size.get(), *max);
            }
            CollectedOutput::TooLarge(size) => return self.gathered.check_maximum(name, size.get(), *max),
            CollectedOutput::NotRegular => {
                (FileErrorKind::CopyOutNotRegularFile, format!("{name} is not a regular file"))
            }
            CollectedOutput::Failed(errno) => {
                (FileErrorKind::CopyOutOpen, format!("open {name}: {}", go_error::errno_text(errno)))
            }
        };
        self.gathered.fail(name, kind, message);
    }

    fn pipe(&mut self, outputs: &Outputs, name: String, kept: Option<(Vec<u8>, Held)>, max: i64) {
        let Some((bytes, held)) = kept else { return self.gathered.no_room(&name) };
        let size = bytes.len() as u64;
        if outputs.cached.contains(&name) {
            let added = self.store.add(&name, &bytes);
            self.gathered.stored(&name, added);
        } else {
            self.gathered.held.push(held);
            self.gathered.contents.insert(name.clone(), bytes);
        }
        self.gathered.check_maximum(&name, size, max);
    }

    /// Into the answer or into the store.
    fn keep(&mut self, outputs: &Outputs, name: &str, descriptor: &OwnedFd, size: Bytes) {
        if outputs.cached.contains(name) {
            let added = self.store.add_from(name, descriptor, size);
            return self.gathered.stored(name, added);
        }
        let fits = match &mut self.room {
            Ok(_) => true,
            Err(some) => some.try_grow(size.get()).is_ok(),
        };
        if !fits {
            return self.gathered.no_room(name);
        }
        match read(descriptor, size) {
            Ok(bytes) => drop(self.gathered.contents.insert(name.to_owned(), bytes)),
            Err(error) => {
                let why = go_error::text(&error);
                let message = format!("copyout: failed to copy content for {}: {why}", go_error::quote(name));
                self.gathered.fail(name, FileErrorKind::CopyOutCopyContent, message);
            }
        }
    }
}

impl Gathered {
    fn check_maximum(&mut self, name: &str, size: u64, max: i64) {
        if u64::try_from(max).is_ok_and(|max| size <= max) {
            return;
        }
        let (kind, message) = (FileErrorKind::CollectSizeExceeded, OUTPUT_LIMIT.to_owned());
        self.errors.push(FileError { name: name.to_owned(), kind, message });
        self.fault = Files::OverMaximum;
    }

    fn stored(&mut self, name: &str, added: io::Result<String>) {
        match added {
            Ok(id) => drop(self.ids.insert(name.to_owned(), id)),
            Err(error) => self.fail(name, FileErrorKind::CopyOutCopyContent, go_error::text(&error)),
        }
    }

    fn no_room(&mut self, name: &str) {
        let message = format!("copyout: {} is too large for an answer", go_error::quote(name));
        self.fail(name, FileErrorKind::CopyOutCopyContent, message);
    }

    fn fail(&mut self, name: &str, kind: FileErrorKind, message: String) {
        if self.first_failure.is_empty() {
            self.first_failure.clone_from(&message);
        }
        self.errors.push(FileError { name: name.to_owned(), kind, message });
        if self.fault == Files::Fine {
            self.fault = Files::Failed;
        }
    }
}

/// By position, and no more than was seen: the file comes from a sandbox.
fn read(descriptor: &OwnedFd, size: Bytes) -> io::Result<Vec<u8>> {
    let file = OsFile::from(descriptor.try_clone()?);
    let mut bytes = vec![0; usize::try_from(size.get()).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocking::tests::with_others_busy;
    use crate::sandbox::sealed;

    #[test]
    fn outputs_are_stored_where_nobody_waits_and_what_is_small_is_answered_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let account = Account::new(Bytes::mib(16));
        let path = directory.path().join("files");
        let store = Arc::new(FileStore::new(path, Bytes::mib(1), None, &account).unwrap());
        for (cached, is_stored) in [(true, true), (false, false)] {
            let outputs = Outputs {
                collectors: Vec::new(),
                copy_out: vec![CopyOut { name: "a".into(), optional: false, cached }],
                copy_out_max: Bytes(9),
                truncate: false,
                cached: cached.then(|| "a".to_owned()).into_iter().collect(),
            };
            let file = CollectedOutput::File { descriptor: sealed(b"x").unwrap(), size: Bytes(1) };
            let gather = || outputs.gather(vec![file], Vec::new(), None, &account, &store);
            let (gathered, waited) = with_others_busy(gather);
            assert_eq!((gathered.ids.len(), waited), (usize::from(is_stored), is_stored));
            assert_eq!(gathered.contents.len(), usize::from(!is_stored), "{gathered:?}");
        }
    }
}
