//! Compiled programs, kept under the hash of everything that they were made from: the compile cache.

use std::collections::HashSet;
use std::fs::{self, File, FileTimes};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Instant, SystemTime};

use gavel_protocol::Bytes;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use super::argv;
use super::executor::CompileJob;
use super::judgement::Compilation;
use crate::content::BlobId;
use crate::copy;
use crate::descriptors::Share;
use crate::stamp::{self, Stamp};
use crate::submission::{Isolation, RunLimits, SELF_TEST};

/// Programs held open, where there are descriptors for so many: each costs one.
const HELD_OPEN: u64 = 256;

/// How the names of records end. Another form of records has another, so that programs of an earlier one do not stay.
const RECORD: &str = "made6";

/// A file takes a multiple of this on most file systems.
const BLOCK: u64 = 4096;

/// A directory of compiled programs that only the server writes.
#[derive(Debug)]
pub struct Artefacts {
    directory: PathBuf,
    capacity: Bytes,
    open: moka::sync::Cache<Key, Held>,
    written_since_trim: AtomicU64,
    /// When the programs of a user were forgotten for the last time. What was to be made before is kept for nobody: it may be
    /// that user's. Whoever makes a program one that can be found holds this meanwhile.
    forgotten: RwLock<Option<Instant>>,
}

/// A compiled program.
#[derive(Debug, Clone)]
pub struct Artefact {
    /// Its name: the hash of the executable.
    pub id: BlobId,
    /// The executable, open for reading; nobody holds it open for writing, so it can be executed.
    pub program: Arc<OwnedFd>,
    /// What compiling it was like.
    pub compilation: Compilation,
}

/// A program that is held open.
#[derive(Debug, Clone)]
struct Held {
    artefact: Artefact,
    /// Of the file, when its bytes were known.
    stamp: Stamp,
}

/// The hash of everything that a program is made from, and of who may know that it has been made.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    hash: blake3::Hash,
    /// Whose it is, in a form that is no name.
    whose: Option<blake3::Hash>,
    /// When it was asked for.
    asked: Instant,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.hash.hash(state);
    }
}

/// What compiles, beside the source and its command.
#[derive(Debug, Clone, Copy)]
pub struct Compiler<'a> {
    /// Id of the image: its tag may name another tomorrow.
    pub image: &'a str,
    /// The environment.
    pub environment: &'a [&'a str],
    /// The largest program that is taken.
    pub largest: Bytes,
}

/// What is kept beside a program.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    blake3: String,
    /// Of the user whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    whose: Option<String>,
    compilation: Compilation,
}

impl Key {
    /// The key of a job's program; `None` where the isolation allows no reuse, and for the self-test, which is to
    /// compile.
    ///
    /// The user is part of it: that a compilation was `cached`, or quick, must tell nobody about another's source.
    pub fn of(job: &CompileJob<'_>, toolchain: &Compiler<'_>) -> Option<Self> {
        let CompileJob { language, sources, limits, whose, .. } = job;
        let is_self_test = whose.user == Some(SELF_TEST);
        if whose.isolation == Isolation::Fresh || is_self_test {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        let mut add = |field: &[u8]| {
            hasher.update(&(field.len() as u64).to_le_bytes());
            hasher.update(field);
        };
        add(b"gavel artefact 5");
        add(whose.user.map_or(&[][..], str::as_bytes));
        add(&[u8::from(whose.user.is_some())]);
        add(toolchain.image.as_bytes());
        add(&toolchain.largest.get().to_le_bytes());
        for variable in toolchain.environment {
            add(variable.as_bytes());
        }
        add(language.artefact.as_deref().unwrap_or_default().as_bytes());
        let argv = argv::of_compiler(job);
        add(&(argv.len() as u64).to_le_bytes());
        for word in argv {
            add(&word);
        }
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = **limits;
        for time in [cpu, wall] {
            add(&time.as_nanos().to_le_bytes());
        }
        for size in [memory, stack, file, output] {
            add(&size.get().to_le_bytes());
        }
        for count in [processes, open_files] {
            add(&count.to_le_bytes());
        }
        for (name, content) in *sources {
            add(name.as_bytes());
            add(content.hash().as_bytes());
        }
        Some(Self { hash: hasher.finalize(), whose: whose.user.map(owner), asked: Instant::now() })
    }
}

impl Artefacts {
    /// Uses this directory, which must exist, and which nobody else writes to; at most about `capacity` of programs stay in
    /// it. What a crash and other versions have left there goes.
    pub fn new(directory: PathBuf, capacity: Bytes) -> Self {
        let open = moka::sync::Cache::new(HELD_OPEN.min(Share::Programs.descriptors()));
        let (written_since_trim, forgotten) = (AtomicU64::new(0), RwLock::new(None));
        let this = Self { directory, capacity, open, written_since_trim, forgotten };
        if let Err(error) = this.remove_leftovers() {
            tracing::warn!(%error, "Failed to remove what is left of earlier compiled programs");
        }
        this
    }

    /// Removes all but programs that have a record of today's form: of nothing else it is known whose it is.
    fn remove_leftovers(&self) -> io::Result<()> {
        let names = fs::read_dir(&self.directory)?.map(|entry| Ok(entry?.file_name().into()));
        let names: HashSet<PathBuf> = names.collect::<io::Result<_>>()?;
        let is_whole = |name: &Path| match name.extension() {
            None => names.contains(&name.with_extension(RECORD)),
            Some(extension) => extension == RECORD && names.contains(&name.with_extension("")),
        };
        let mut outcome = Ok(());
        for name in names.iter().filter(|name| !is_whole(name)) {
            outcome = outcome.and(remove_if_there(&self.directory.join(name)));
        }
        outcome
    }

    /// A program that is held open, and that nobody has changed since; does not touch the disk.
    pub fn held(&self, key: &Key) -> Option<Artefact> {
        let Held { artefact, stamp } = self.open.get(key)?;
        Stamp::of(&artefact.program).is_ok_and(|now| now == stamp).then_some(artefact)
    }

    /// A program from the disk. One that does not hash to what was written is removed and not returned: a crash may
    /// have cut it.
    ///
    /// # Errors
    /// What the disk says, but for a program that is not there.
    pub fn find(&self, key: &Key) -> io::Result<Option<Artefact>> {
        let (program, record) = self.paths(key);
        let record: Record = match fs::read(&record) {
            Ok(json) => match serde_json::from_slice(&json) {
                Ok(record) => record,
                Err(_cut) => return self.forget(key).map(|()| None),
            },
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(other) => return Err(other),
        };
        let (file, stamp) = match stamp::open(&program) {
            Ok(opened) => opened,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(other) => return Err(other),
        };
        let hash = stamp::hash(&file)?;
        if hash.to_hex().as_str() != record.blake3 {
            return self.forget(key).map(|()| None);
        }
        // The time of last use, by which `trim` goes; the kernel does not tell it on every mount.
        file.set_times(FileTimes::new().set_accessed(SystemTime::now()))?;
        let program = Arc::new(file.into());
        let artefact = Artefact { id: hash.into(), program, compilation: record.compilation };
        if let Some(_held) = self.keeping(key) {
            self.open.insert(*key, Held { artefact: artefact.clone(), stamp });
        }
        Ok(Some(artefact))
    }

    /// Copies a program out of a sandbox's descriptor, and keeps it where there is a key.
    ///
    /// # Errors
    /// What the disk says; `UnexpectedEof` when the descriptor holds less than `size`.
    pub fn keep(
        &self,
        key: Option<&Key>,
        from: OwnedFd,
        size: Bytes,
        compilation: Compilation,
    ) -> io::Result<Artefact> {
        let mut file = NamedTempFile::new_in(&self.directory)?;
        let mut hashing = Hashing { to: &mut file, hasher: blake3::Hasher::new() };
        copy::exactly(&File::from(from), &mut hashing, size.get())?;
        let hash = hashing.hasher.finalize();
        file.as_file().set_permissions(fs::Permissions::from_mode(0o555))?;
        let program = Arc::new(OwnedFd::from(File::open(file.path())?));
        let artefact = Artefact { id: hash.into(), program, compilation };
        match key.and_then(|key| Some((key, self.keeping(key)?))) {
            // A program that nobody may find again lives as long as its descriptor.
            None => file.close()?,
            Some((key, held)) => {
                let record = Record {
                    blake3: hash.to_hex().to_string(),
                    whose: key.whose.map(|whose| whose.to_hex().to_string()),
                    compilation: artefact.compilation.clone(),
                };
                let stamp = self.publish(key, file, &record)?;
                self.open.insert(*key, Held { artefact: artefact.clone(), stamp });
                drop(held);
                // That others could not be removed is no fault of this one.
                if let Err(error) = self.trim_when_due(size.get()) {
                    tracing::error!(%error, "compiled programs that are not used could not be removed");
                }
            }
        }
        Ok(artefact)
    }

    /// The right to make the program of a key one that can be found; none where its user may have been forgotten since.
    fn keeping(&self, key: &Key) -> Option<RwLockReadGuard<'_, Option<Instant>>> {
        let forgotten = self.forgotten.read().unwrap_or_else(PoisonError::into_inner);
        forgotten.is_none_or(|forgotten| forgotten < key.asked).then_some(forgotten)
    }

    fn publish(&self, key: &Key, program: NamedTempFile, record: &Record) -> io::Result<Stamp> {
        let (program_path, record_path) = self.paths(key);
        // The writer is closed here: a file that is open for writing cannot be executed.
        let stamp = Stamp::of(program.persist(program_path)?)?;
        let mut file = NamedTempFile::new_in(&self.directory)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        file.persist(record_path)?;
        Ok(stamp)
    }

    fn forget(&self, key: &Key) -> io::Result<()> {
        self.open.invalidate(key);
        let (program, record) = self.paths(key);
        remove_if_there(&record)?;
        remove_if_there(&program)
    }

    /// Removes the programs of a user, also those that are held open only, or are just being made. Returns how many went.
    ///
    /// # Errors
    /// What the disk says.
    pub fn forget_users(&self, users: &[String]) -> io::Result<u64> {
        let owners: HashSet<_> = users.iter().map(|user| owner(user)).collect();
        // Who comes later keeps nothing that was asked for before, and who came before is seen below.
        *self.forgotten.write().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let held = self
            .open
            .iter()
            .map(|(key, _)| *key)
            .filter(|key| key.whose.is_some_and(|whose| owners.contains(&whose)));
        let mut gone: HashSet<Key> = held.collect();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            let hash = path.file_stem().and_then(|stem| stem.to_str()).map(blake3::Hash::from_hex);
            let (Some(RECORD), Some(Ok(hash))) = (path.extension().and_then(|end| end.to_str()), hash) else {
                continue;
            };
            // One that was cut or has just gone is nobody's.
            let record = fs::read(&path).ok().and_then(|json| serde_json::from_slice::<Record>(&json).ok());
            let whose = record.and_then(|record| blake3::Hash::from_hex(record.whose?).ok());
            if let Some(whose) = whose.filter(|whose| owners.contains(whose)) {
                gone.insert(Key { hash, whose: Some(whose), asked: Instant::now() });
            }
        }
        gone.iter().try_for_each(|key| self.forget(key))?;
        Ok(gone.len() as u64)
    }

    fn trim_when_due(&self, written: u64) -> io::Result<()> {
        let written = on_disk(written) + BLOCK;
        let since = self.written_since_trim.fetch_add(written, Ordering::Relaxed) + written;
        if since < self.capacity.get() / 16 {
            return Ok(());
        }
        self.written_since_trim.store(0, Ordering::Relaxed);
        self.trim()
    }

    /// Removes the programs that were not used for longest until the rest fits, and what a crash has left. What cannot
    /// be removed stays, and the next goes in its place.
    ///
    /// # Errors
    /// What the disk said first.
    pub fn trim(&self) -> io::Result<()> {
        let mut programs = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let path = entry?.path();
            if path.extension().is_none()
                && let Ok(metadata) = path.metadata()
            {
                // One whose record is missing takes as much: there is a bound on the number of files as well.
                let record = path.with_extension(RECORD).metadata().map_or(0, |record| record.len());
                let size = on_disk(metadata.len()) + on_disk(record);
                programs.push((metadata.accessed()?, size, path));
            }
        }
        programs.sort();
        let mut total: u64 = programs.iter().map(|(_, size, _)| size).sum();
        let mut outcome = Ok(());
        for (_, size, path) in programs {
            if total <= self.capacity.get() {
                break;
            }
            match remove_if_there(&path.with_extension(RECORD)).and_then(|()| remove_if_there(&path)) {
                Ok(()) => total -= size,
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome
    }

    fn paths(&self, key: &Key) -> (PathBuf, PathBuf) {
        let program = self.directory.join(key.hash.to_hex().as_str());
        let record = program.with_extension(RECORD);
        (program, record)
    }
}

/// What records have in a user's place.
fn owner(user: &str) -> blake3::Hash {
    blake3::derive_key("gavel owner of an artefact 1", user.as_bytes()).into()
}

/// Writes, and hashes what it has written.
struct Hashing<'a> {
    to: &'a mut NamedTempFile,
    hasher: blake3::Hasher,
}

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// What a file of this size takes of the disk: whole blocks, and one at least.
fn on_disk(size: u64) -> u64 {
    size.max(1).next_multiple_of(BLOCK)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;
    use std::time::Duration;

    use super::*;
    use crate::judge::compile_job;
    use crate::judge::test_support::{cpp, submission};
    use crate::sandbox::Profile;
    use crate::submission::Submission;

    fn compilation() -> Compilation {
        Compilation {
            ok: true,
            log: String::new(),
            log_truncated: false,
            cpu: Duration::from_millis(400),
            wall: Duration::from_millis(430),
            memory: Bytes::mib(50),
            cached: false,
            node: None,
            time_scale: None,
        }
    }

    fn bytes(content: &[u8]) -> (OwnedFd, Bytes) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        (file.into(), Bytes(content.len() as u64))
    }

    fn gcc() -> Profile {
        Profile::of_compilations(&cpp().0).unwrap()
    }

    const COMPILER: Compiler<'_> =
        Compiler { image: "sha256:1", environment: &["PATH=/bin"], largest: Bytes::mib(64) };

    fn key(source: &str) -> Key {
        let (language, _) = cpp();
        let submission = submission(source);
        Key::of(&compile_job(&submission, &submission.files, &language, &gcc(), &|_| ()), &COMPILER).unwrap()
    }

    fn read(artefact: &Artefact) -> Vec<u8> {
        let mut content = vec![0; 64];
        let file = File::from(artefact.program.try_clone().unwrap());
        let length = file.read_at(&mut content, 0).unwrap();
        content.truncate(length);
        content
    }

    fn filled(directory: &Path) -> Artefacts {
        let artefacts = Artefacts::new(directory.to_owned(), Bytes::mib(1));
        let (program, size) = bytes(b"a program");
        artefacts.keep(Some(&key("a")), program, size, compilation()).unwrap();
        artefacts
    }

    #[test]
    fn a_kept_program_is_found_by_the_next_server_too() {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path());
        let later = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        assert!(later.held(&key("a")).is_none());
        let found = later.find(&key("a")).unwrap().unwrap();
        assert_eq!((read(&found), found.id), (b"a program".to_vec(), BlobId::of(b"a program")));
        assert!(later.held(&key("a")).is_some());
        assert!(later.find(&key("b")).unwrap().is_none());
    }

    #[test]
    fn a_program_cut_by_a_crash_is_never_returned() {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path());
        let program = fs::read_dir(directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_none())
            .unwrap();
        fs::remove_file(&program).unwrap();
        fs::write(&program, b"a prog").unwrap();
        let later = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        assert!(later.find(&key("a")).unwrap().is_none());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_program_that_was_damaged_while_it_was_held_open_is_never_returned() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = filled(directory.path());
        assert!(artefacts.held(&key("a")).is_some());
        let (program, _) = artefacts.paths(&key("a"));
        std::thread::sleep(Duration::from_millis(20));
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(&program, b"a prograM").unwrap();
        assert!(artefacts.held(&key("a")).is_none());
        assert!(artefacts.find(&key("a")).unwrap().is_none());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_program_whose_file_was_removed_is_there_while_it_is_held_open() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = filled(directory.path());
        fs::remove_file(artefacts.paths(&key("a")).0).unwrap();
        assert!(artefacts.held(&key("a")).is_some());
    }

    #[test]
    fn a_program_without_a_key_leaves_nothing_in_the_directory() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        let (program, size) = bytes(b"secret");
        let artefact = artefacts.keep(None, program, size, compilation()).unwrap();
        assert_eq!(read(&artefact), b"secret");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_descriptor_that_holds_less_than_it_said_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        let (program, _) = bytes(b"short");
        let error = artefacts.keep(None, program, Bytes(100), compilation()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    /// Programs that were used so many seconds ago, in a directory that has room for two.
    fn aged(directory: &Path, ages: &[(&str, u64)]) -> Artefacts {
        let wide = Artefacts::new(directory.to_owned(), Bytes::mib(1));
        for (name, age) in ages {
            let (program, size) = bytes(b"ten bytes.");
            wide.keep(Some(&key(name)), program, size, compilation()).unwrap();
            let file = File::open(wide.paths(&key(name)).0).unwrap();
            let then = SystemTime::now() - Duration::from_secs(*age);
            file.set_times(FileTimes::new().set_accessed(then)).unwrap();
        }
        Artefacts { capacity: Bytes(4 * BLOCK), ..wide }
    }

    fn are_there<const N: usize>(artefacts: &Artefacts, names: [&str; N]) -> [bool; N] {
        names.map(|name| artefacts.paths(&key(name)).0.exists())
    }

    #[test]
    fn the_programs_used_longest_ago_make_room() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = aged(directory.path(), &[("old", 30), ("middle", 20), ("new", 10)]);
        artefacts.trim().unwrap();
        assert_eq!(are_there(&artefacts, ["old", "middle", "new"]), [false, true, true]);
    }

    #[test]
    fn a_program_is_kept_also_where_others_cannot_make_room() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = aged(directory.path(), &[("stuck", 30), ("old", 20), ("new", 10)]);
        let record = artefacts.paths(&key("stuck")).1;
        fs::remove_file(&record).unwrap();
        fs::create_dir(&record).unwrap();
        assert!(artefacts.trim().is_err());
        assert_eq!(are_there(&artefacts, ["stuck", "old", "new"]), [true, false, true]);
        let (program, size) = bytes(b"another");
        let kept = artefacts.keep(Some(&key("another")), program, size, compilation()).unwrap();
        assert_eq!(read(&kept), b"another");
        assert_eq!(are_there(&artefacts, ["stuck", "old", "new", "another"]), [true, false, false, true]);
    }

    #[test]
    fn the_programs_of_a_user_go_and_those_of_others_stay() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        let (language, _) = cpp();
        let mut keys = Vec::new();
        for user in ["alice", "bob"] {
            let submission = Submission { user: Some(user.into()), ..submission("int main(){}") };
            let profile = gcc();
            let job = compile_job(&submission, &submission.files, &language, &profile, &|_| ());
            keys.push(Key::of(&job, &COMPILER).unwrap());
            let (program, size) = bytes(user.as_bytes());
            artefacts.keep(keys.last(), program, size, compilation()).unwrap();
        }
        // Neither what a crash has cut nor what is no record is in the way.
        fs::write(directory.path().join(format!("{}.{RECORD}", "0".repeat(64))), "{").unwrap();
        fs::write(directory.path().join("notes.json"), "{}").unwrap();
        assert_eq!(artefacts.forget_users(&["alice".to_owned()]).unwrap(), 1);
        assert!(artefacts.held(&keys[0]).is_none() && artefacts.find(&keys[0]).unwrap().is_none());
        assert!(artefacts.find(&keys[1]).unwrap().is_some());
        assert_eq!(artefacts.forget_users(&["alice".to_owned()]).unwrap(), 0);
    }

    #[test]
    fn what_other_versions_and_crashes_have_left_goes_at_the_start() {
        let directory = tempfile::tempdir().unwrap();
        filled(directory.path());
        let [old, cut, alone] = ["1", "2", "3"].map(|digit| digit.repeat(64));
        for name in [&old, &format!("{old}.json"), &cut, &format!("{alone}.{RECORD}"), ".tmpAbCdEf"] {
            fs::write(directory.path().join(name), "{}").unwrap();
        }
        fs::create_dir(directory.path().join("in-the-way")).unwrap();
        let later = Artefacts::new(directory.path().to_owned(), Bytes::mib(1));
        fs::remove_dir(directory.path().join("in-the-way")).unwrap();
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
        assert!(later.find(&key("a")).unwrap().is_some());
    }

    #[test]
    fn a_program_of_a_user_that_is_only_held_open_goes() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = filled(directory.path());
        let user = submission("a").user.unwrap_or_default();
        let (program, record) = artefacts.paths(&key("a"));
        fs::remove_file(program).unwrap();
        fs::remove_file(record).unwrap();
        assert!(artefacts.held(&key("a")).is_some());
        assert_eq!(artefacts.forget_users(std::slice::from_ref(&user)).unwrap(), 1);
        assert!(artefacts.held(&key("a")).is_none());
    }

    #[test]
    fn what_was_being_compiled_when_its_user_was_forgotten_is_kept_for_nobody() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = filled(directory.path());
        let (asked, [program, late]) = (key("b"), [bytes(b"b"), bytes(b"b")]);
        artefacts.forget_users(&[submission("b").user.unwrap_or_default()]).unwrap();
        let made = artefacts.keep(Some(&asked), program.0, program.1, compilation()).unwrap();
        assert_eq!(read(&made), b"b");
        assert!(artefacts.held(&asked).is_none());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        // What is asked for later is kept.
        artefacts.keep(Some(&key("b")), late.0, late.1, compilation()).unwrap();
        assert!(artefacts.find(&asked).unwrap().is_some() && artefacts.held(&key("b")).is_some());
    }

    #[test]
    fn programs_of_a_few_bytes_are_bounded_in_their_number() {
        let directory = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::new(directory.path().to_owned(), Bytes(64 * BLOCK));
        for number in 0..200 {
            let (program, size) = bytes(b"x");
            artefacts.keep(Some(&key(&number.to_string())), program, size, compilation()).unwrap();
            let files = fs::read_dir(directory.path()).unwrap().count();
            assert!(files <= 64 + 2 * 3, "{files} files after {number} programs");
        }
    }

    #[test]
    fn the_key_tells_users_sources_and_limits_apart() {
        let (language, _) = cpp();
        let key = |submission: &Submission| {
            Key::of(&compile_job(submission, &submission.files, &language, &gcc(), &|_| ()), &COMPILER)
        };
        let mine = submission("int main(){}");
        let mut theirs = mine.clone();
        theirs.user = Some("bob".into());
        let mut strict = mine.clone();
        strict.compile_limits.cpu = Duration::from_secs(2);
        let mut fresh = mine.clone();
        fresh.isolation = Isolation::Fresh;
        assert_eq!(key(&mine), key(&mine.clone()));
        assert_ne!(key(&mine), key(&submission("int main(){ }")));
        assert_ne!(key(&mine), key(&theirs));
        assert_ne!(key(&mine), key(&strict));
        assert_eq!(key(&fresh), None);
        let others = [
            Compiler { image: "sha256:2", ..COMPILER },
            Compiler { environment: &["PATH=/usr/bin"], ..COMPILER },
            Compiler { largest: Bytes::mib(1), ..COMPILER },
        ];
        for other in others {
            assert_ne!(
                Key::of(&compile_job(&mine, &mine.files, &language, &gcc(), &|_| ()), &other),
                key(&mine),
                "{other:?}"
            );
        }
        let mut tested = mine;
        tested.user = Some(SELF_TEST.into());
        assert_eq!(key(&tested), None);
    }
}
