//! Links: each is a copy of a file of the archive, or a fault.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use tar::EntryType;

use super::made::{Raw, ended, filled, gzipped, header, link, member, raw};
use super::{Tree, faults, faults_within, notes, paths, tried, unpacked};
use crate::archive::{Bounds, unpack};
use crate::{Package, bounds};

/// The files and the symbolic links as every kind of archive, what is last there first.
fn each(files: &[(&str, &str)], links: &[(&str, &str)]) -> Vec<(&'static str, Vec<u8>)> {
    let mut zip: Vec<_> =
        files.iter().map(|(name, text)| Raw::deflated(name.as_bytes(), text.as_bytes())).collect();
    zip.extend(links.iter().map(|(name, target)| Raw::link(name.as_bytes(), target.as_bytes())));
    let regular = |(name, text): &(&str, &str)| {
        let kind = if name.ends_with('/') { EntryType::Directory } else { EntryType::Regular };
        member(name.as_bytes(), kind, text.as_bytes())
    };
    let mut tar: Vec<_> = files.iter().map(regular).collect();
    tar.extend(
        links.iter().map(|(name, target)| link(name.as_bytes(), EntryType::Symlink, target.as_bytes())),
    );
    let archives = |zip: &[Raw], tar: &[Vec<u8>]| {
        let tar = ended(tar.concat());
        [("zip", raw(zip)), ("tar.gz", gzipped(&tar)), ("tar", tar)]
    };
    let in_order = archives(&zip, &tar);
    zip.reverse();
    tar.reverse();
    in_order.into_iter().chain(archives(&zip, &tar)).collect()
}

/// The one fault of a link at `data/l` beside some files, a folder and another link.
fn fault_of(target: &str) -> Vec<String> {
    let files = [("data/1.in", "1"), ("data/d/2.in", "2"), ("top", "")];
    let each = each(&files, &[("data/l", target), ("data/other", "1.in")]);
    let mut told: Vec<_> = each.iter().map(|(_, bytes)| faults(bytes)).collect();
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    told.remove(0)
}

fn text<'a>(tree: &'a Tree, path: &str) -> &'a str {
    str::from_utf8(tree[path].as_deref().unwrap()).unwrap()
}

#[test]
fn links_to_files_are_copies_of_them() {
    for top in ["", "echo/"] {
        let path = |path: &str| format!("{top}data/secret/{path}");
        let files = [(path("subtask1/1.in"), "1"), (path("subtask1/1.ans"), "Echo"), (path("x"), "x")];
        let links = [
            (path("subtask2/1.in"), "../subtask1/1.in"),
            (path("subtask2/1.ans"), "./../subtask1//1.ans"),
            (path("l"), "x"),
        ];
        let files = files.each_ref().map(|(path, text)| (path.as_str(), *text));
        let links = links.each_ref().map(|(path, target)| (path.as_str(), *target));
        for (kind, bytes) in each(&files, &links) {
            let tree = unpacked(&bytes);
            assert_eq!(text(&tree, "data/secret/subtask2/1.in"), "1", "{kind}");
            assert_eq!(text(&tree, "data/secret/subtask2/1.ans"), "Echo", "{kind}");
            assert_eq!(text(&tree, "data/secret/l"), "x", "{kind}");
            assert_eq!(tree.len(), 10, "{kind}");
        }
    }
}

#[test]
fn packages_with_links_are_read() {
    let files = [
        ("echo/problem.yaml", "name: Echo\n"),
        ("echo/problem_statement/problem.en.tex", "\\problemname{Echo}\n"),
        ("echo/submissions/accepted/a.py", "print(1)\n"),
        ("echo/input_validators/v.py", ""),
        ("echo/data/secret/subtask1/1.in", "1\n"),
        ("echo/data/secret/subtask1/1.ans", "Echo\n"),
    ];
    let links = [
        ("echo/data/secret/subtask2/1.in", "../subtask1/1.in"),
        ("echo/data/secret/subtask2/1.ans", "../subtask1/1.ans"),
    ];
    for (kind, bytes) in each(&files, &links) {
        let folder = into(&bytes);
        let (package, _) = Package::read(folder.path()).unwrap();
        assert_eq!(package.data.cases.len(), 2, "{kind}");
    }
}

/// The folder that the archive is unpacked into.
fn into(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(bytes).unwrap();
    unpack(&mut archive, folder.path(), &Bounds::default()).unwrap();
    folder
}

#[test]
fn a_copy_is_a_file_of_its_own_with_the_mode_of_the_other() {
    let mut script = header(b"a", EntryType::Regular, 1);
    script.set_mode(0o755);
    script.set_cksum();
    let tar = [
        link(b"s", EntryType::Symlink, b"a"),
        link(b"h", EntryType::Link, b"a"),
        link(b"t", EntryType::Symlink, b"b"),
        filled(&script, b"x"),
        member(b"b", EntryType::Regular, b"y"),
    ];
    let script = Raw { mode: 0o100_755, ..Raw::stored(b"a", b"x") };
    let zip = [
        Raw::link(b"s", b"a"),
        script,
        Raw::link(b"h", b"a"),
        Raw::link(b"t", b"b"),
        Raw::stored(b"b", b"y"),
    ];
    for bytes in [ended(tar.concat()), raw(&zip)] {
        let folder = into(&bytes);
        let metadata = |name| fs::symlink_metadata(folder.path().join(name)).unwrap();
        for (name, executable) in [("s", true), ("h", true), ("a", true), ("t", false), ("b", false)] {
            assert!(metadata(name).is_file(), "{name}");
            assert_eq!(metadata(name).nlink(), 1, "{name}");
            assert_eq!(metadata(name).permissions().mode() & 0o100 != 0, executable, "{name}");
        }
    }
}

#[test]
fn links_that_lead_to_no_file_of_the_archive_are_told() {
    for (target, why) in [
        ("/etc/passwd", "which begins with /"),
        ("/data/1.in", "which begins with /"),
        ("../../x", "which leads out of the package"),
        ("../../data/1.in", "which leads out of the package"),
        ("x.in", "which is not there"),
        ("1.in/", "which is not there"),
        ("x/../1.in", "which is not there"),
        ("a\\b", "which is not there"),
        ("d", "which is a folder: links to files are taken"),
        ("..", "which is a folder: links to files are taken"),
        ("other/x", "which leads through the link data/other"),
        ("other/../1.in", "which leads through the link data/other"),
        ("l", "which leads in a circle, or through more than 8 links"),
        ("../data/l", "which leads in a circle, or through more than 8 links"),
    ] {
        assert_eq!(fault_of(target), [format!("data/l: is a symbolic link to {target}, {why}")]);
    }
    assert_eq!(fault_of(""), ["data/l: is a symbolic link without a target"]);
    assert_eq!(fault_of("\x1b[2J"), ["data/l: is a symbolic link to \\u{1b}[2J, which is not there"]);
}

#[test]
fn a_target_that_is_not_utf8_is_told() {
    let told = ["l: is a symbolic link to \u{fffd}, which is not UTF-8"];
    assert_eq!(faults(&raw(&[Raw::stored(b"a", b""), Raw::link(b"l", b"\xff")])), told);
    let tar = [member(b"a", EntryType::Regular, b""), link(b"l", EntryType::Symlink, b"\xff")];
    assert_eq!(faults(&ended(tar.concat())), told);
}

#[test]
fn out_of_the_one_folder_that_holds_all_is_out_of_the_package() {
    for (kind, bytes) in each(&[("sum/a", "")], &[("sum/l", "../sum/a")]) {
        let told = ["sum/l: is a symbolic link to ../sum/a, which leads out of the package"];
        assert_eq!(faults(&bytes), told, "{kind}");
    }
    for (kind, bytes) in each(&[("sum/a", "x"), ("b", "")], &[("sum/l", "../sum/a")]) {
        assert_eq!(text(&unpacked(&bytes), "sum/l"), "x", "{kind}");
    }
}

#[test]
fn a_target_has_a_bound() {
    let long = |length: usize| format!("{}ab", "./".repeat((length - 2) / 2));
    assert_eq!(long(1_024).len(), 1_024);
    for (kind, bytes) in each(&[("ab", "x")], &[("l", &long(1_024))]) {
        assert_eq!(text(&unpacked(&bytes), "l"), "x", "{kind}");
    }
    for target in [format!("{}/", long(1_024)), "x".repeat(60_000)] {
        for (kind, bytes) in each(&[("ab", "x")], &[("l", &target)]) {
            let told = ["l: is a symbolic link whose target is longer than 1024 bytes"];
            assert_eq!(faults(&bytes), told, "{kind}");
        }
    }
}

#[test]
fn a_link_is_never_gone_through() {
    for (kind, bytes) in each(&[("a", "x"), ("d/gone", "x")], &[("d", "/tmp")]) {
        let told = faults(&bytes);
        assert!(
            told == ["d: is a link and a folder"] || told == ["d/gone: d is a link and a folder"],
            "{kind}: {told:?}"
        );
    }
    for (kind, bytes) in each(&[("a", "x"), ("b", "x")], &[("d", "b"), ("d/l", "a")]) {
        let told = faults(&bytes);
        assert!(told[0].ends_with("is a link and a folder"), "{kind}: {told:?}");
    }
    for (kind, bytes) in each(&[("a", "x")], &[("d/", "a")]) {
        assert_eq!(faults(&bytes), ["d: is a link and a folder"], "{kind}");
    }
}

#[test]
fn one_name_is_one_file_or_one_link() {
    for files in [&[("a", ""), ("l", "")][..], &[("a", "")]] {
        for (kind, bytes) in each(files, &[("l", "a"), ("l", "a")]) {
            assert_eq!(faults(&bytes)[0], "l: is there twice", "{kind}");
        }
    }
    for (kind, bytes) in each(&[("a", ""), ("l", "")], &[("l", "a")]) {
        assert_eq!(faults(&bytes), ["l: is there twice"], "{kind}");
    }
}

#[test]
fn chains_of_eight_links_are_followed() {
    let names: Vec<_> = (0..=bounds::LINKS).map(|number| format!("{number}")).collect();
    let targets: Vec<_> = names[1..].iter().map(String::as_str).chain(["a"]).collect();
    let links: Vec<_> = names.iter().map(String::as_str).zip(targets).collect();
    for (kind, bytes) in each(&[("a", "x")], &links[1..]) {
        let tree = unpacked(&bytes);
        assert_eq!(tree.len(), 9, "{kind}");
        assert!(tree.values().all(|content| content.as_deref() == Some(b"x")), "{kind}");
    }
    for (kind, bytes) in each(&[("a", "x")], &links) {
        let told = ["0: is a symbolic link to 1, which leads in a circle, or through more than 8 links"];
        assert_eq!(faults(&bytes), told, "{kind}");
    }
}

#[test]
fn all_links_that_lead_nowhere_are_told() {
    for (kind, bytes) in each(&[("a", "")], &[("c", "b"), ("b", "c"), ("d", "x"), ("e", "a")]) {
        let told = [
            "b: is a symbolic link to c, which leads in a circle, or through more than 8 links",
            "c: is a symbolic link to b, which leads in a circle, or through more than 8 links",
            "d: is a symbolic link to x, which is not there",
        ];
        assert_eq!(faults(&bytes), told, "{kind}");
    }
    // Without a file there is none to lead to.
    for (kind, bytes) in each(&[], &[("l", "x")]) {
        assert_eq!(faults(&bytes), ["l: is a symbolic link to x, which is not there"], "{kind}");
    }
}

#[test]
fn a_link_does_not_miss_what_was_refused() {
    let bounds = Bounds { file: 1, ..Bounds::default() };
    for (kind, bytes) in each(&[("large", "12")], &[("l", "large")]) {
        // A target of a link is no content.
        assert_eq!(faults_within(&bytes, &bounds), ["large: has more than 1 bytes"], "{kind}");
    }
}

#[test]
fn links_that_tools_leave_are_skipped() {
    for (kind, bytes) in each(&[("a", "")], &[(".git/l", "/etc/passwd")]) {
        assert_eq!(paths(&unpacked(&bytes)), ["a"], "{kind}");
        assert_eq!(notes(&bytes).len(), 1, "{kind}");
    }
    for (kind, bytes) in each(&[("a", ""), (".git/b", "")], &[("l", ".git/b")]) {
        let told = ["l: is a symbolic link to .git/b, which is not there"];
        assert_eq!(faults(&bytes), told, "{kind}");
    }
}

#[test]
fn links_are_entries() {
    let bounds = Bounds { entries: 3, ..Bounds::default() };
    for (kind, bytes) in each(&[("a", "x")], &[("b", "a"), ("c", "a")]) {
        assert_eq!(tried(&bytes, &bounds).unwrap().0.len(), 3, "{kind}");
    }
    for links in [&[("b", "a"), ("c", "a"), ("d", "a")][..], &[("d/e/l", "../../a")]] {
        for (kind, bytes) in each(&[("a", "x")], links) {
            assert_eq!(faults_within(&bytes, &bounds), ["package: more than 3 entries"], "{kind}");
        }
    }
}

#[test]
fn copies_count_among_the_bytes_of_all() {
    let large = "x".repeat(6_000);
    for (kind, bytes) in each(&[("a", &large)], &[("b", "a"), ("c", "b")]) {
        // A zip is told by its files' bytes and its links' targets, a tar by all of its own.
        let own = match kind {
            "zip" => 6_000 + 2,
            _ => 512 + 6_144 + 2 * 512 + 1_024,
        };
        let within = |bytes| Bounds { bytes, ..Bounds::default() };
        let tree = tried(&bytes, &within(own + 12_000)).unwrap().0;
        assert!(tree.values().all(|content| content.as_ref().unwrap().len() == 6_000), "{kind}");
        let told = format!("package: holds more than {} bytes", own + 11_999);
        assert_eq!(faults_within(&bytes, &within(own + 11_999)), [told], "{kind}");
    }
}

#[test]
fn copies_count_in_the_expansion() {
    let large = "x".repeat(100_000);
    let names: Vec<_> = (0..100).map(|number| format!("l{number}")).collect();
    let links: Vec<_> = names.iter().map(|name| (name.as_str(), "a")).collect();
    let bounds = Bounds { unrated: 1_000_000, ratio: 50, ..Bounds::default() };
    for (kind, bytes) in each(&[("a", &large)], &links) {
        assert!(bytes.len() < 200_000, "{kind}");
        let told = ["package: becomes more than 50 times as large as it is"];
        assert_eq!(faults_within(&bytes, &bounds), told, "{kind}");
        assert!(tried(&bytes, &Bounds { unrated: 11_000_000, ..bounds.clone() }).is_ok(), "{kind}");
    }
}

#[test]
fn no_file_is_larger_than_one_may_be_by_links() {
    let bounds = Bounds { file: 4, ..Bounds::default() };
    // The target is longer than a file may be, the copy is not.
    for (kind, bytes) in each(&[("data/1", "1234"), ("x", "")], &[("data/l", "../data/1")]) {
        assert_eq!(text(&tried(&bytes, &bounds).unwrap().0, "data/l"), "1234", "{kind}");
    }
}

/// The files of the archives in which links are put anywhere.
const FILES: [(&str, &str); 7] =
    [("a", "1"), ("b", "2"), ("d/a", "3"), ("d/b", "4"), ("d/e/a", "5"), ("d/e/b", "6"), ("top", "")];

/// Links and their targets: up, down, to one another, to nothing.
fn links() -> impl Strategy<Value = BTreeMap<String, String>> {
    let way = vec(select(vec!["..", "..", ".", "d", "e", "", "x", "a", "l"]), 0..3);
    let last = select(vec!["a", "b", "a", "b", "a", "b", "l", "m", "d", ""]);
    let target = (way, last).prop_map(|(way, last)| [way, vec![last]].concat().join("/"));
    btree_map("([lm]|d/[lm]|d/e/[lm])", target.prop_filter("no target", |target| !target.is_empty()), 1..3)
}

/// The contents of all names, files and links, as a system sees them that has the links; none if it does not
/// find a file.
fn seen(folder: &Path, links: &BTreeMap<String, String>) -> Option<BTreeMap<String, Vec<u8>>> {
    fs::create_dir_all(folder.join("d/e")).unwrap();
    FILES.iter().for_each(|(path, text)| fs::write(folder.join(path), text).unwrap());
    links.iter().for_each(|(path, target)| symlink(target, folder.join(path)).unwrap());
    let names = FILES.iter().map(|(path, _)| *path).chain(links.keys().map(String::as_str));
    names.map(|path| Some((path.to_owned(), fs::read(folder.join(path)).ok()?))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// What a system could read behind links is what is unpacked, and what it could not is refused.
    #[test]
    fn links_are_what_a_system_makes_of_them(links in links()) {
        prop_assume!(links.values().all(|target| !target.starts_with('/')));
        // No link leads as far up as to what others have among the temporary files.
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("1/2/3/4/package");
        let seen = seen(&folder, &links);
        let links: Vec<_> = links.iter().map(|(path, target)| (path.as_str(), target.as_str())).collect();
        for (_, bytes) in each(&FILES, &links) {
            let tree = tried(&bytes, &Bounds::default()).ok().map(|(tree, _)| tree);
            let files = |tree: Tree| tree.into_iter().filter_map(|(path, content)| Some((path, content?)));
            prop_assert_eq!(tree.map(|tree| files(tree).collect()), seen.clone());
        }
    }
}
