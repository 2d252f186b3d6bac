//! Makes a version of a package that was pushed: unpacked, read, its files in the blob store.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use gavel_problem::metadata::Constant;
use gavel_problem::program::Program;
use gavel_problem::validator::Testlib;
use gavel_problem::{Fault, Note, Package, Place, archive, bounds, constants};
use gavel_protocol::Bytes;

use super::Problems;
use crate::blobs::{Blobs, Growing, Packer};
use crate::blocking::elsewhere;
use crate::content::{BlobId, Content};
use crate::problem::{Manifest, NoFile, Problem, Show, WithTestlib};
use crate::store::{Push, StoreError};

/// Versions of a problem that stay beside the newest.
const OTHERS: usize = 50;
/// How much of a file is read at a time.
const BLOCK: usize = 64 * 1024;

/// A version that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// The version, the newest of its problem now.
    pub problem: Arc<Problem>,
    /// It was not there before.
    pub is_new: bool,
}

/// Why a package was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Something is wrong with the package: where, and what; and notes.
    #[error("the package cannot be taken: {}", .0.first().map_or("", |(_, what)| what.as_str()))]
    Faults(Vec<(String, String)>),
    /// The disk or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another token's problem is called so.
    #[error("the id `{0}` is taken: a problem is pushed with the token that it was first pushed with")]
    Taken(String),
    /// We failed.
    #[error("the package could not be read to its end")]
    Failed,
}

impl From<io::Error> for PushError {
    fn from(why: io::Error) -> Self {
        Self::Store(why.into())
    }
}

impl From<NoFile> for PushError {
    fn from(why: NoFile) -> Self {
        Self::Faults(vec![(Place::default().to_string(), why.to_string())])
    }
}

impl Problems {
    /// Takes a package, an archive that was pushed so: it is the newest version of its problem from now on.
    ///
    /// # Errors
    /// What is wrong with it; the store's.
    pub async fn push(
        &self,
        id: &str,
        archive: File,
        show: Show,
        push: Push<'_>,
    ) -> Result<Pushed, PushError> {
        let (store, id) = (self.store.clone(), id.to_owned());
        let turn = Arc::clone(&self.turn).lock_owned().await;
        // The turn goes along: who sends a package and hangs up has it unpacked all the same, and the next waits for that.
        let made = elsewhere(move || {
            let full = |why| io::Error::new(io::ErrorKind::StorageFull, why);
            let room = Room::new(|| store.check_room().map_err(full));
            (make(store.blobs(), &room, id, archive, show), turn)
        });
        let (problem, _turn) = made.await.map_err(|_panic| PushError::Failed)?;
        let problem = problem?;
        let put = self.store.put_problem(&problem, push, OTHERS).await?;
        let is_new = put.ok_or_else(|| PushError::Taken(problem.id.clone()))?;
        self.forget(&problem.id);
        // As it is kept: without the claims on its files.
        let kept = self.found(&problem.reference()).await?;
        Ok(Pushed { problem: kept.ok_or(PushError::Failed)?, is_new })
    }
}

/// After so many bytes it is asked again whether there is room for more.
const CHECK_EVERY: u64 = 1024 * 1024;

/// What there is on the disk for a package: twice its files, as they are unpacked and placed.
struct Room<C> {
    check: C,
    unchecked: Cell<u64>,
}

impl<C: Fn() -> io::Result<()>> Room<C> {
    fn new(check: C) -> Self {
        Self { check, unchecked: Cell::new(0) }
    }

    /// Is there room for so many bytes?
    fn take(&self, bytes: u64) -> io::Result<()> {
        let unchecked = self.unchecked.get() + bytes;
        if unchecked < CHECK_EVERY {
            self.unchecked.set(unchecked);
            return Ok(());
        }
        self.unchecked.set(0);
        (self.check)()
    }
}

fn make(
    blobs: &Blobs,
    room: &Room<impl Fn() -> io::Result<()>>,
    id: String,
    mut archive: File,
    show: Show,
) -> Result<Problem, PushError> {
    let folder = blobs.incoming_folder()?;
    let bounds = archive::Bounds::default();
    let unpacking = archive::unpack_where(&|bytes| room.take(bytes), &mut archive, folder.path(), &bounds);
    let mut notes = match unpacking {
        Ok(notes) => notes,
        Err(archive::Error::Io(why)) => return Err(why.into()),
        Err(archive::Error::Faults(found)) => return Err(faults(&found, &[])),
    };
    drop(archive);
    let (package, read) = match Package::read(folder.path()) {
        Ok(read) => read,
        Err(refused) => {
            notes.extend(refused.notes);
            return Err(faults(&refused.faults, &notes));
        }
    };
    notes.extend(read);
    let notes = notes.iter().map(ToString::to_string).collect();
    let mut manifest = Manifest::of(&package, show, notes);
    manifest.testlib = with_testlib(folder.path(), &package.validators.programs)?;
    let files = files(blobs, room, folder.path(), &package)?;
    check_size(&manifest, &files)?;
    check_beside(&manifest, &files, BESIDE)?;
    let version = version(&manifest, &files);
    Ok(Problem::new(id, version, Utc::now(), manifest, files)?)
}

/// What is searched of a validator's source, from its beginning.
const SEARCHED: u64 = 512 * 1024;

/// Those of these validators that are written with testlib.
fn with_testlib(folder: &Path, programs: &[Program]) -> io::Result<WithTestlib> {
    let mut paths = BTreeSet::new();
    for program in programs {
        if is_testlib(folder, program)? {
            paths.insert(program.path.clone());
        }
    }
    Ok(WithTestlib::Some(paths))
}

/// A validator is written with testlib, and not with one of those that exit as the format has it.
fn is_testlib(folder: &Path, program: &Program) -> io::Result<bool> {
    let mut testlib = Testlib::default();
    for path in program.files.iter().filter(|_| !program.run) {
        let (mut bytes, file) = (Vec::new(), File::open(folder.join(path))?);
        file.take(SEARCHED).read_to_end(&mut bytes)?;
        testlib.look(&String::from_utf8_lossy(&bytes));
    }
    Ok(testlib.is_used())
}

/// All that is wrong, and behind it what is only worth knowing: it need not come to light by another push.
fn faults(found: &[Fault], notes: &[Note]) -> PushError {
    let faults = found.iter().map(|fault| (fault.place.to_string(), fault.what.clone()));
    let notes = notes.iter().map(|note| (note.place.to_string(), format!("note: {}", note.what)));
    PushError::Faults(faults.chain(notes).collect())
}

/// Most bytes of what is loaded of a version: names and paths, which a package may have many of.
const LARGEST: usize = 8 * 1024 * 1024;

fn check_size(manifest: &Manifest, files: &BTreeMap<String, Content>) -> Result<(), PushError> {
    let names: usize = files.keys().map(|path| path.len() + 100).sum();
    let size = serde_json::to_vec(manifest).map_err(|_| PushError::Failed)?.len() + names;
    if size <= LARGEST {
        return Ok(());
    }
    let what = format!("names, paths and settings take {size} bytes; at most {LARGEST} are taken");
    Err(PushError::Faults(vec![(Place::default().to_string(), what)]))
}

/// The most that is put into a sandbox at once, and partly goes through memory: bytes, and files.
const BESIDE: (u64, usize) = (64 * 1024 * 1024, 2000);

/// Sees that what is put beside programs, and what programs of the package's own are made of, fits there.
fn check_beside(
    manifest: &Manifest,
    files: &BTreeMap<String, Content>,
    (most, count): (u64, usize),
) -> Result<(), PushError> {
    let includes = manifest.includes.keys().map(|code| {
        // What is for all languages lies beside what is for one.
        let folders = BTreeSet::from(["default", code.as_str()]);
        let paths = folders.into_iter().filter_map(|code| manifest.includes.get(code)).flatten();
        (format!("include/{code}"), paths.collect::<Vec<_>>())
    });
    let programs = manifest.validators.iter().chain(&manifest.static_validator).chain(&manifest.grader);
    let programs = programs.map(|program| (program.path.clone(), program.files.iter().collect()));
    let fault = |(place, paths): (String, Vec<&String>)| {
        let bytes: u64 = paths.iter().filter_map(|path| files.get(*path)).map(Content::size).sum();
        let is_much = bytes > most || paths.len() > count;
        let what = || {
            let most = Bytes(most);
            format!(
                "{} files of {bytes} bytes together: a sandbox is given {count} at most, of {most}",
                paths.len()
            )
        };
        is_much.then(|| (place, what()))
    };
    let faults: Vec<_> = includes.chain(programs).filter_map(fault).collect();
    if faults.is_empty() { Ok(()) } else { Err(PushError::Faults(faults)) }
}

/// The files of a folder, in the blob store, with values in the place of the package's constants.
fn files(
    blobs: &Blobs,
    room: &Room<impl Fn() -> io::Result<()>>,
    folder: &Path,
    package: &Package,
) -> Result<BTreeMap<String, Content>, PushError> {
    let (with_constants, constants) = (package.files_with_constants(), &package.metadata.constants);
    let mut paths = Vec::new();
    collect(folder, "", &mut paths)?;
    paths.sort();
    let mut packer = Packer::new(blobs.clone());
    let mut buffer = vec![0; BLOCK];
    let mut values = bounds::REPLACED_ALL;
    for path in &paths {
        let (mut file, mut content) = (File::open(folder.join(path))?, Growing::default());
        if with_constants.contains(path.as_str())
            && let Some(text) = replaced(&mut file, path, constants, &mut values)?
        {
            room.take(text.len() as u64)?;
            packer.grow(&mut content, &text)?;
            packer.place(content)?;
            continue;
        }
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                read => {
                    room.take(read as u64)?;
                    packer.grow(&mut content, &buffer[..read])?;
                }
            }
        }
        packer.place(content)?;
    }
    Ok(paths.into_iter().zip(packer.finish()?).collect())
}

/// What a file is with these values, which takes of the room that is left for all of them; none where that is as it was, and
/// then the file is at its beginning.
fn replaced(
    file: &mut File,
    path: &str,
    constants: &BTreeMap<String, Constant>,
    room: &mut u64,
) -> Result<Option<Vec<u8>>, PushError> {
    let fault = |what: String| PushError::Faults(vec![(path.to_owned(), what)]);
    let mut text = Vec::new();
    file.take(bounds::REPLACED + 1).read_to_end(&mut text)?;
    let replaced = constants::replaced(&text, constants);
    file.rewind()?;
    let replaced = replaced.map_err(|why| fault(why.to_string()))?;
    let Some(left) = room.checked_sub(replaced.as_ref().map_or(0, |text| text.len() as u64)) else {
        let most = bounds::REPLACED_ALL;
        return Err(fault(format!(
            "the files that have constants are more than {most} bytes with their values"
        )));
    };
    *room = left;
    Ok(replaced)
}

fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // The archive was unpacked with names that are text, and without links.
        let name = entry.file_name().into_string().map_err(|_| io::ErrorKind::InvalidData)?;
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

/// The hash of all that makes a version what it is.
fn version(manifest: &Manifest, files: &BTreeMap<String, Content>) -> BlobId {
    let mut hasher = blake3::Hasher::new();
    let mut add = |field: &[u8]| {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field);
    };
    add(b"gavel problem 1");
    add(format!("{:?}", manifest.show).as_bytes());
    for (path, content) in files {
        add(path.as_bytes());
        add(content.hash().as_bytes());
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// A package with a large input, as a tar.
    fn large(bytes: usize) -> File {
        let mut tar = tar::Builder::new(tempfile::tempfile().unwrap());
        for (path, text) in [("1.in", vec![b'7'; bytes]), ("1.ans", b"1".to_vec())] {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, path, text.as_slice()).unwrap();
        }
        let mut file = tar.into_inner().unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn a_package_is_unpacked_and_placed_only_while_there_is_room() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        let made = |most: u64| {
            let asked = Cell::new(0);
            let room = Room::new(|| {
                asked.set(asked.get() + 1);
                if asked.get() > most { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
            });
            let made = make(&blobs, &room, "large".into(), large(4 << 20), Show::Full);
            (made.map(drop), asked.get())
        };
        let (all, asked) = made(u64::MAX);
        assert!(all.is_ok() && (6..=9).contains(&asked), "about once for each MiB, twice: {asked} {all:?}");
        for most in [0, 2, asked - 1] {
            let (made, asked) = made(most);
            assert!(
                matches!(made, Err(PushError::Store(_))) && asked == most + 1,
                "{most}: {asked} {made:?}"
            );
            assert_eq!(fs::read_dir(directory.path().join("incoming")).unwrap().count(), 0, "{most}");
        }
    }

    #[test]
    fn who_hangs_up_leaves_the_turn_to_the_unpacking_that_goes_on() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        runtime.block_on(async {
            let store =
                crate::store::Store::open(&path.join("gavel.sqlite"), &path.join("blobs")).await.unwrap();
            let problems = Problems::new(store);
            // The only thread that may wait has something else to do: the unpacking has to.
            let (free, busy) = std::sync::mpsc::channel::<()>();
            let waiting = tokio::task::spawn_blocking(move || busy.recv());
            let push = Push { token: None, private: None };
            let pushing = problems.push("left", large(1), Show::Full, push);
            tokio::time::timeout(std::time::Duration::from_millis(100), pushing).await.unwrap_err();
            assert!(problems.turn.try_lock().is_err(), "another package would be unpacked beside it");
            drop(free);
            waiting.await.unwrap().unwrap_err();
            let turn = tokio::time::timeout(std::time::Duration::from_secs(60), problems.turn.lock());
            drop(turn.await.expect("it is unpacked"));
        });
    }

    #[test]
    fn each_validator_is_known_as_one_that_is_written_with_testlib_or_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let program = |path: &str, source: &str| {
            fs::write(folder.path().join(path), source).unwrap();
            Program { path: path.to_owned(), files: vec![path.to_owned()], ..Program::default() }
        };
        let (testlib, other) =
            (program("a.cpp", "#include \"testlib.h\"\n"), program("b.cpp", "int main(){return 42;}"));
        let scripted = Program { run: true, ..program("c.cpp", "#include \"testlib.h\"\n") };
        let found = with_testlib(folder.path(), &[testlib, other, scripted]).unwrap();
        assert_eq!(["a.cpp", "b.cpp", "c.cpp"].map(|path| found.has(path)), [true, false, false]);
    }

    #[test]
    fn what_is_put_into_a_sandbox_is_bounded() {
        let files = [
            ("problem.yaml", "name: S\nvalidation: custom\n"),
            ("data/secret/1.in", "much longer than what is put beside programs"),
            ("data/secret/1.ans", "1"),
            ("include/python3/a.py", "12345"),
            ("include/python3/b.txt", "12345"),
            ("output_validators/v/v.py", "1234567"),
            ("output_validators/v/table", "1234"),
        ];
        let problem = crate::judge::test_support::problem_of(Show::Full, &files);
        let faulty = |bounds| match check_beside(&problem.manifest, &problem.files, bounds) {
            Ok(()) => Vec::new(),
            Err(PushError::Faults(faults)) => faults.into_iter().map(|(place, _)| place).collect::<Vec<_>>(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(faulty((11, 2)), [""; 0]);
        assert_eq!(faulty((10, 2)), ["output_validators/v"]);
        assert_eq!(faulty((9, 2)), ["include/python3", "output_validators/v"]);
        assert_eq!(faulty((11, 1)), ["include/python3", "output_validators/v"]);
    }

    #[test]
    fn what_is_for_all_languages_is_put_into_a_sandbox_with_what_is_for_one() {
        let files = [
            ("problem.yaml", "name: S\n"),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            ("include/default/a.txt", "12345"),
            ("include/cpp/b.h", "12345"),
        ];
        let problem = crate::judge::test_support::problem_of(Show::Full, &files);
        let is_taken = |bounds| check_beside(&problem.manifest, &problem.files, bounds).is_ok();
        assert!(is_taken((10, 2)) && !is_taken((9, 2)) && !is_taken((10, 1)));
    }

    #[test]
    fn values_do_not_multiply_all_files_together_without_a_bound() {
        let value = [("value".to_owned(), "12345".to_owned())].into();
        let constants = BTreeMap::from([("n".to_owned(), value)]);
        let with = |text: &str, room: &mut u64| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.rewind().unwrap();
            replaced(&mut file, "include/default/a.py", &constants, room)
        };
        let mut room = 12;
        assert_eq!(with("n={{n}}", &mut room).unwrap().unwrap(), b"n=12345");
        assert_eq!(with("no constant is in this one", &mut room).unwrap(), None);
        assert_eq!(with("{{n}}", &mut room).unwrap().unwrap(), b"12345");
        let Err(PushError::Faults(faults)) = with("{{n}}", &mut room) else { panic!("it was taken") };
        assert_eq!(faults[0].0, "include/default/a.py");
        assert_eq!(room, 0);
    }
}
