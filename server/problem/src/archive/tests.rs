//! Whole archives, those that lie too.

mod any;
mod made;
mod of_links;
mod of_tars;
mod of_zips;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use self::made::{gzipped, tarred, zipped};
use super::{Bounds, Error, unpack};
use crate::Package;

/// What was unpacked: contents of files by their paths, none of folders.
type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// What comes of an archive: the tree with its notes, or the faults.
fn tried(bytes: &[u8], bounds: &Bounds) -> Result<(Tree, Vec<String>), Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    fs::create_dir(&into).unwrap();
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(bytes).unwrap();
    let unpacked = unpack(&mut archive, &into, bounds);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "something is beside the folder");
    let tree = tree(&into);
    match unpacked {
        Ok(notes) => Ok((tree, notes.iter().map(ToString::to_string).collect())),
        Err(Error::Faults(faults)) => Err(faults.iter().map(ToString::to_string).collect()),
        Err(Error::Io(error)) => panic!("{error}"),
    }
}

/// What lies in a folder; there is nothing but files and folders.
fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            let below = self::tree(&entry.path());
            tree.extend(below.into_iter().map(|(path, content)| (format!("{name}/{path}"), content)));
            tree.insert(name, None);
        } else {
            assert!(kind.is_file(), "{name}");
            tree.insert(name, Some(fs::read(entry.path()).unwrap()));
        }
    }
    tree
}

fn unpacked(bytes: &[u8]) -> Tree {
    tried(bytes, &Bounds::default()).unwrap().0
}

fn notes(bytes: &[u8]) -> Vec<String> {
    tried(bytes, &Bounds::default()).unwrap().1
}

fn faults(bytes: &[u8]) -> Vec<String> {
    faults_within(bytes, &Bounds::default())
}

fn faults_within(bytes: &[u8], bounds: &Bounds) -> Vec<String> {
    match tried(bytes, bounds) {
        Err(faults) => faults,
        Ok((tree, _)) => panic!("unpacked: {:?}", tree.keys()),
    }
}

/// The files as every kind of archive.
fn each(files: &[(&str, &str)]) -> [(&'static str, Vec<u8>); 3] {
    let tar = tarred(files);
    [("zip", zipped(files)), ("tar.gz", gzipped(&tar)), ("tar", tar)]
}

fn paths(tree: &Tree) -> Vec<&str> {
    tree.keys().map(String::as_str).collect()
}

#[test]
fn packages_come_out_as_they_went_in() {
    let files = [
        ("problem.yaml", "name: Sum\n"),
        ("problem_statement/problem.en.tex", "\\problemname{Sum}\n"),
        ("submissions/accepted/a.py", "print(1)\n"),
        ("input_validators/v.py", ""),
        ("data/secret/1.in", "1\n"),
        ("data/secret/1.ans", "1\n"),
    ];
    for (kind, bytes) in each(&files) {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = tempfile::tempfile().unwrap();
        archive.write_all(&bytes).unwrap();
        let notes = unpack(&mut archive, folder.path(), &Bounds::default()).unwrap();
        assert!(notes.is_empty(), "{kind}: {notes:?}");
        let (package, notes) = Package::read(folder.path()).unwrap();
        assert!(notes.is_empty(), "{kind}: {notes:?}");
        assert_eq!(package.data.cases.len(), 1, "{kind}");
        for (path, text) in files {
            assert_eq!(fs::read_to_string(folder.path().join(path)).unwrap(), text, "{kind}: {path}");
        }
    }
}

#[test]
fn the_executable_bit_is_kept_and_no_other() {
    let modes = [("a", 0o644), ("b", 0o4755), ("c", 0o100), ("d", 0o2600), ("e", 0o666)];
    let made = [made::zipped_with_modes(&modes), made::tarred_with_modes(&modes)];
    for bytes in made {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = tempfile::tempfile().unwrap();
        archive.write_all(&bytes).unwrap();
        unpack(&mut archive, folder.path(), &Bounds::default()).unwrap();
        for (name, mode) in modes {
            let got = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(got & 0o100 != 0, mode & 0o111 != 0, "{name}: {got:o}");
            assert_eq!(got & 0o7022, 0, "{name}: {got:o}");
        }
    }
}

#[test]
fn one_folder_that_holds_all_is_taken_away() {
    for (top, inside) in [
        ("sum", "x"),
        ("sum", "sum"),
        ("0", "0"),
        ("0", "1"),
        ("1", "0"),
        ("data", "problem.yaml"),
        ("data", "1.in"),
    ] {
        for (kind, bytes) in each(&[(&format!("{top}/{inside}"), "a"), (&format!("{top}/f/g"), "b")]) {
            let mut expected = ["f", "f/g", inside];
            expected.sort_unstable();
            assert_eq!(paths(&unpacked(&bytes)), expected, "{kind}: {top}/{inside}");
        }
    }
}

#[test]
fn only_one_folder_is_taken_away() {
    for (kind, bytes) in each(&[("a/b/c", "")]) {
        assert_eq!(paths(&unpacked(&bytes)), ["b", "b/c"], "{kind}");
    }
}

#[test]
fn folders_of_the_format_stay() {
    for (kind, bytes) in each(&[("data/secret/1.in", ""), ("data/secret/1.ans", "")]) {
        assert!(unpacked(&bytes).contains_key("data/secret/1.in"), "{kind}");
    }
    for (kind, bytes) in each(&[("sum/problem.yaml", ""), ("readme", "")]) {
        assert!(unpacked(&bytes).contains_key("sum/problem.yaml"), "{kind}");
    }
}

#[test]
fn what_tools_leave_is_skipped_with_one_note() {
    let files = [("sum/a", ""), ("__MACOSX/sum/._a", "x"), ("sum/.git/config", "x"), ("sum/.DS_Store", "x")];
    for (kind, bytes) in each(&files) {
        assert_eq!(paths(&unpacked(&bytes)), ["a"], "{kind}");
        let notes = notes(&bytes);
        assert_eq!(notes.len(), 1, "{kind}");
        assert!(notes[0].starts_with("package: 3 entries skipped"), "{}", notes[0]);
    }
}

#[test]
fn names_that_lead_elsewhere_are_told() {
    let expected = [
        ("../a", "../a: its name has .. in it"),
        ("a/../../b", "a/../../b: its name has .. in it"),
        ("/etc/cron.d/a", "/etc/cron.d/a: its name begins with /"),
        ("a\\b", "a\\b: its name has a backslash: folders are told apart by /"),
        ("C:/a", "C:/a: its name begins with a drive's letter"),
        ("a\nb", "a\\nb: its name has a control character"),
    ];
    let names: Vec<_> = expected.iter().map(|(name, _)| (*name, "x")).collect();
    for (kind, bytes) in each(&names) {
        assert_eq!(faults(&bytes), expected.map(|(_, fault)| fault), "{kind}");
    }
}

#[test]
fn after_a_fault_nothing_is_written() {
    for (kind, bytes) in each(&[("../a", "x"), ("b", "x")]) {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = tempfile::tempfile().unwrap();
        archive.write_all(&bytes).unwrap();
        unpack(&mut archive, folder.path(), &Bounds::default()).unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{kind}");
    }
}

#[test]
fn one_name_is_one_file() {
    let cases: [(&[(&str, &str)], &str); 5] = [
        (&[("a", "1"), ("a", "2")], "a: is there twice"),
        (&[("a/b", "1"), ("./a//b", "2")], "a/b: is there twice"),
        (&[("a/b", "1"), ("a", "2")], "a: is a file and a folder"),
        (&[("a", "1"), ("a/b", "2")], "a/b: a is a file and a folder"),
        (&[("a", "1"), ("a/", "")], "a/: a is a file and a folder"),
    ];
    for (files, fault) in cases {
        for (kind, bytes) in each(files) {
            let faults = faults(&bytes);
            assert_eq!(faults.len(), 1, "{kind}: {faults:?}");
            let told = faults[0].replace("a/: ", "a: ");
            assert_eq!(told, fault.replace("a/: ", "a: "), "{kind}");
        }
    }
    // On Linux these are two.
    for (kind, bytes) in each(&[("a", "1"), ("A", "2"), ("d/", ""), ("d/", "")]) {
        assert_eq!(paths(&unpacked(&bytes)), ["A", "a", "d"], "{kind}");
    }
}

#[test]
fn entries_are_bounded() {
    let bounds = Bounds { entries: 3, ..Bounds::default() };
    for (kind, bytes) in each(&[("a", ""), ("b", ""), ("c/", "")]) {
        assert!(tried(&bytes, &bounds).is_ok(), "{kind}");
    }
    for files in [
        &[("a", ""), ("b", ""), ("c", ""), ("d", "")][..],
        // Folders that no entry names take room too, and so does what is skipped.
        &[("a/b/c/d", "")],
        &[("d/", ""), ("d/", ""), ("d/", ""), ("d/a", "")],
        &[("a", ""), (".git/b", ""), (".git/c", ""), (".git/d", "")],
    ] {
        for (kind, bytes) in each(files) {
            assert_eq!(faults_within(&bytes, &bounds), ["package: more than 3 entries"], "{kind}");
        }
    }
}

#[test]
fn a_hundred_thousand_entries_end_early() {
    let names: Vec<_> = (0..100_000).map(|number| number.to_string()).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    let few = Bounds { entries: 500, ..Bounds::default() };
    // A zip's are counted before any is written.
    for (bytes, bounds, written) in
        [(zipped(&files), Bounds::default(), 0), (gzipped(&tarred(&files)), few, 500)]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = tempfile::tempfile().unwrap();
        archive.write_all(&bytes).unwrap();
        let error = unpack(&mut archive, folder.path(), &bounds).unwrap_err();
        assert_eq!(error.to_string(), format!("package: more than {} entries", bounds.entries));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), written);
    }
}

#[test]
fn a_file_has_a_bound() {
    let bounds = Bounds { file: 4, ..Bounds::default() };
    for (kind, bytes) in each(&[("a", "1234"), ("b", "1234")]) {
        assert!(tried(&bytes, &bounds).is_ok(), "{kind}");
    }
    for (kind, bytes) in each(&[("a", "1234"), ("b", "12345")]) {
        assert_eq!(faults_within(&bytes, &bounds), ["b: has more than 4 bytes"], "{kind}");
    }
}

#[test]
fn all_files_together_have_a_bound() {
    let large = "x".repeat(6_000);
    for (kind, bytes) in each(&[("a", &large), ("b", &large)]) {
        let within = |bytes_of_all| Bounds { bytes: bytes_of_all, ..Bounds::default() };
        assert!(tried(&bytes, &within(bytes.len().max(12_000) as u64 * 2)).is_ok(), "{kind}");
        assert_eq!(
            faults_within(&bytes, &within(11_999)),
            ["package: holds more than 11999 bytes"],
            "{kind}"
        );
    }
    let zip = zipped(&[("a", &large), ("b", &large)]);
    assert!(tried(&zip, &Bounds { bytes: 12_000, ..Bounds::default() }).is_ok());
}

#[test]
fn expansion_is_bounded() {
    let large = "x".repeat(1_000_000);
    let bounds = Bounds { unrated: 100_000, ratio: 50, ..Bounds::default() };
    for (kind, bytes) in each(&[("a", &large)]) {
        if kind == "tar" {
            assert!(tried(&bytes, &bounds).is_ok());
            continue;
        }
        assert_eq!(
            faults_within(&bytes, &bounds),
            ["package: becomes more than 50 times as large as it is"],
            "{kind}"
        );
        assert!(tried(&bytes, &Bounds { ratio: 1_000, ..bounds.clone() }).is_ok(), "{kind}");
        assert!(tried(&bytes, &Bounds { unrated: 2_000_000, ..bounds.clone() }).is_ok(), "{kind}");
    }
}

#[test]
fn archives_within_are_files() {
    let inner = zipped(&[("a", "x")]);
    let outer = made::zipped_bytes(&[("inner.zip", &inner), ("b", b"")]);
    assert_eq!(unpacked(&outer)["inner.zip"].as_deref(), Some(inner.as_slice()));
}

#[test]
fn without_a_file_there_is_no_package() {
    for files in [&[][..], &[("d/", "")], &[("__MACOSX/a", "x")]] {
        for (kind, bytes) in each(files) {
            assert_eq!(faults(&bytes), ["package: holds no file"], "{kind}");
        }
    }
}

#[test]
fn folders_without_files_are_made() {
    for (kind, bytes) in each(&[("a", ""), ("d/e/", "")]) {
        assert_eq!(paths(&unpacked(&bytes)), ["a", "d", "d/e"], "{kind}");
    }
}

#[test]
fn archives_that_are_cut_off_are_told() {
    let noise: String =
        (0..3_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) % 10).to_string()).collect();
    for (kind, bytes) in each(&[("a", &noise), ("b", &noise)]) {
        for length in (1..bytes.len()).step_by(37).chain([bytes.len() - 1]) {
            // The second block of zeros at a tar's end and what fills it up say nothing.
            if kind == "tar" && length > 2 * (512 + 3_072) {
                continue;
            }
            assert_eq!(faults(&bytes[..length]).len(), 1, "{kind}: {length}");
        }
        let half = faults(&bytes[..bytes.len() / 2]);
        assert!(half[0].contains("cut off"), "{kind}: {half:?}");
    }
}

#[test]
fn what_is_behind_the_end_is_told() {
    for (kind, bytes) in each(&[("a", "x")]) {
        for garbage in [&b"x"[..], b"garbage, more of it than the header of a gzip has"] {
            let faults = faults(&[&bytes, garbage].concat());
            assert!(faults[0].starts_with("package: "), "{kind}: {faults:?}");
            assert!(faults[0].contains("has bytes behind its end"), "{kind}: {faults:?}");
        }
    }
}

#[test]
fn other_archives_are_named() {
    for (bytes, what) in [
        (&b""[..], "empty"),
        (b"BZh91AY&SY", "a bzip2"),
        (b"\xfd7zXZ\0\0", "an xz"),
        (b"7z\xbc\xaf\x27\x1c\0", "a 7z"),
        (b"Rar!\x1a\x07\x01\0", "a rar"),
        (b"\x28\xb5\x2f\xfd\0", "a zstd"),
        (b"PK\x07\x08PK\x03\x04", "one part of a zip of several"),
        (b"P", "no archive that is known"),
        (b"name: Sum\n", "no archive that is known"),
        (&[0; 511], "no archive that is known"),
        (&[b'x'; 2_000], "no archive that is known"),
    ] {
        assert_eq!(faults(bytes), [format!("package: is {what}; zip, tar and tar.gz are taken")]);
    }
}

#[test]
fn many_faults_are_counted() {
    let names: Vec<_> = (0..300).map(|number| format!("../{number}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
    for (kind, bytes) in each(&files) {
        let faults = faults(&bytes);
        assert_eq!(faults.len(), crate::bounds::TOLD + 1, "{kind}");
        assert_eq!(faults[crate::bounds::TOLD], "package: and 100 more", "{kind}");
    }
}

#[test]
fn the_disk_is_not_blamed_on_the_package() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(&zipped(&[("a", "x")])).unwrap();
    let kind = |archive: &mut File, into: &Path| match unpack(archive, into, &Bounds::default()) {
        Err(Error::Io(error)) => error.kind(),
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(&mut archive, &folder.path().join("nowhere")), ErrorKind::NotFound);
    fs::write(folder.path().join("file"), "").unwrap();
    assert_eq!(kind(&mut archive, &folder.path().join("file")), ErrorKind::NotADirectory);
    assert_eq!(kind(&mut archive, folder.path()), ErrorKind::DirectoryNotEmpty);
    let mut unreadable = File::options().write(true).open(folder.path().join("file")).unwrap();
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert!(matches!(unpack(&mut unreadable, &empty, &Bounds::default()), Err(Error::Io(_))));
}
