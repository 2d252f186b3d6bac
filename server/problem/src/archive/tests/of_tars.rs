//! What only tars can do.

use tar::{Builder, EntryType, Header};

use super::made::{ended, filled, gzipped, header, link, member, tarred, zipped};
use super::{faults, faults_within, paths, unpacked};
use crate::archive::Bounds;
use crate::bounds;

fn regular(name: &str) -> Vec<u8> {
    member(name.as_bytes(), EntryType::Regular, b"x")
}

/// The faults of a tar with these members before one that is right.
fn faults_of(members: &[Vec<u8>]) -> Vec<String> {
    let mut bytes = members.concat();
    bytes.extend(regular("z"));
    faults(&ended(bytes))
}

fn pax(records: &[u8]) -> Vec<u8> {
    member(b"pax", EntryType::XHeader, records)
}

#[test]
fn devices_are_refused() {
    for (kind, what) in [
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a fifo"),
        (EntryType::GNUSparse, "a file with holes"),
        (EntryType::new(b'M'), "of a kind that is not known"),
        (EntryType::new(0xff), "of a kind that is not known"),
    ] {
        assert_eq!(
            faults_of(&[member(b"data/2.ans", kind, b"")]),
            [format!("data/2.ans: is {what}: only files, folders and links to files are taken")]
        );
    }
}

#[test]
fn hard_links_are_copies() {
    let hard = |name: &[u8], target: &[u8]| link(name, EntryType::Link, target);
    let members = [hard(b"p/d/l", b"p/a"), hard(b"p/m", b"./p/d/l"), regular("p/a")];
    let tree = unpacked(&ended(members.concat()));
    assert_eq!(paths(&tree), ["a", "d", "d/l", "m"]);
    assert_eq!((tree["d/l"].as_deref(), tree["m"].as_deref()), (Some(&b"x"[..]), Some(&b"x"[..])));
}

#[test]
fn hard_links_that_lead_to_no_file_of_the_archive_are_told() {
    let told = |target: &str| {
        let hard = link(b"d/l", EntryType::Link, target.as_bytes());
        let through = link(b"d/s", EntryType::Symlink, b"a");
        faults_of(&[hard, regular("d/a"), through])
    };
    for (target, why) in [
        ("/d/a", "which begins with /"),
        ("../d/a", "which leads out of the package"),
        ("a", "which is not there"),
        ("d", "which is a folder: links to files are taken"),
        ("d/s/x", "which leads through the link d/s"),
        ("d/l", "which leads in a circle, or through more than 8 links"),
    ] {
        assert_eq!(told(target), [format!("d/l: is a hard link to {target}, {why}")]);
    }
    assert_eq!(told(""), ["d/l: is a hard link without a target"]);
    assert_eq!(told(&"x".repeat(1_025)), ["d/l: is a hard link whose target is longer than 1024 bytes"]);
}

#[test]
fn a_hard_link_to_a_symbolic_one_is_that_link_in_another_place() {
    let members = [
        member(b"a", EntryType::Regular, b"outer"),
        member(b"d/a", EntryType::Regular, b"inner"),
        link(b"d/s", EntryType::Symlink, b"a"),
        link(b"h", EntryType::Link, b"d/s"),
    ];
    let tree = unpacked(&ended(members.concat()));
    assert_eq!((tree["d/s"].as_deref(), tree["h"].as_deref()), (Some(&b"inner"[..]), Some(&b"outer"[..])));
}

#[test]
fn links_have_no_content() {
    for kind in [EntryType::Symlink, EntryType::Link] {
        assert_eq!(
            faults_of(&[member(b"l", kind, b"z")]),
            ["l: is a link with content: only files, folders and links to files are taken"]
        );
    }
}

#[test]
fn targets_of_links_may_stand_before_them() {
    let gnu = member(b"long", EntryType::GNULongLink, b"z\0");
    for described in [pax(b"14 linkpath=z\n"), gnu.clone()] {
        let members = [described, link(b"l", EntryType::Symlink, b"elsewhere"), regular("z")];
        assert_eq!(unpacked(&ended(members.concat()))["l"].as_deref(), Some(&b"x"[..]));
    }
    let link = link(b"l", EntryType::Symlink, b"z");
    let told = ["package: names the target of a link twice"];
    assert_eq!(faults_of(&[gnu.clone(), gnu.clone(), link.clone()]), told);
    assert_eq!(faults_of(&[gnu, pax(b"14 linkpath=z\n"), link]), told);
    let global = member(b"global", EntryType::XGlobalHeader, b"14 linkpath=z\n");
    assert_eq!(faults_of(&[global]), ["package: describes all its entries at once"]);
}

#[test]
fn tars_of_other_writers_are_taken() {
    let long = format!("{}/{}", "d".repeat(200), "f".repeat(200));
    let mut builder = Builder::new(Vec::new());
    for name in ["./a", long.as_str()] {
        let mut header = Header::new_gnu();
        header.set_size(1);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, &b"x"[..]).unwrap();
    }
    let bytes = builder.into_inner().unwrap();
    assert_eq!(paths(&unpacked(&bytes)), ["a", &"d".repeat(200), &long]);
}

#[test]
fn old_headers_are_read() {
    let mut old = Header::new_old();
    old.as_old_mut().name[..3].copy_from_slice(b"d/f");
    old.set_mode(0o644);
    old.set_size(1);
    old.set_cksum();
    let mut folder = Header::new_old();
    folder.as_old_mut().name[..2].copy_from_slice(b"e/");
    folder.set_mode(0o755);
    folder.set_size(0);
    folder.set_cksum();
    let bytes = ended([filled(&old, b"x"), filled(&folder, b"")].concat());
    assert_eq!(paths(&unpacked(&[bytes, regular("")[..0].to_vec()].concat())), ["d", "d/f", "e"]);
}

#[test]
fn pax_names_and_sizes_are_read() {
    let bytes = ended([pax(b"12 path=a/b\n9 size=1\n"), regular("x"), regular("y")].concat());
    assert_eq!(paths(&unpacked(&bytes)), ["a", "a/b", "y"]);
    assert_eq!(faults_of(&[pax(b"13 path=../b\n"), regular("x")]), ["../b: its name has .. in it"]);
    assert_eq!(faults_of(&[pax(b"9 size=0\n"), regular("x")]), ["x: says that it has two sizes"]);
    assert_eq!(
        faults_of(&[pax(b"22 GNU.sparse.major=1\n"), regular("x")]),
        ["x: is a file with holes: only files, folders and links to files are taken"]
    );
    assert_eq!(
        faults_of(&[pax(b"garbage"), regular("x")]),
        ["package: describes an entry in a way that cannot be read"]
    );
}

#[test]
fn what_holds_for_all_entries_names_none() {
    let global = |records: &[u8]| member(b"pax_global_header", EntryType::XGlobalHeader, records);
    let bytes = ended([global(b"13 comment=a\n"), regular("x"), regular("y")].concat());
    assert_eq!(paths(&unpacked(&bytes)), ["x", "y"]);
    assert_eq!(faults_of(&[global(b"9 path=a\n")]), ["package: describes all its entries at once"]);
}

#[test]
fn descriptions_are_bounded() {
    let long = |kind, length| member(b"long", kind, &vec![b'x'; length]);
    for kind in [EntryType::GNULongName, EntryType::GNULongLink, EntryType::XHeader, EntryType::XGlobalHeader]
    {
        let length = usize::try_from(bounds::DESCRIPTION).unwrap() + 1;
        assert_eq!(
            faults_of(&[long(kind, length), regular("x")]),
            ["package: describes an entry with more than 262144 bytes"]
        );
    }
    let told = faults_of(&[long(EntryType::GNULongName, 5_000), regular("x")]);
    assert!(told[0].ends_with("…: its name is longer than 1024 bytes"), "{told:?}");
    let twice = long(EntryType::GNULongName, 5);
    assert_eq!(faults_of(&[twice.clone(), twice]), ["package: names an entry twice"]);
    assert_eq!(faults_of(&[pax(b""), pax(b"")]), ["package: describes an entry twice"]);
    let bounds = Bounds { entries: 3, ..Bounds::default() };
    let many = ended(member(b"many", EntryType::XGlobalHeader, b"").repeat(4));
    assert_eq!(faults_within(&many, &bounds), ["package: more than 3 entries"]);
    assert_eq!(
        faults(&ended(long(EntryType::GNULongName, 5))),
        ["package: describes an entry that does not come"]
    );
}

#[test]
fn sizes_that_lie_are_told() {
    let lie = |size| header(b"a", EntryType::Regular, size).as_bytes().to_vec();
    assert_eq!(
        faults_of(&[lie(u64::MAX)]),
        ["a: has more than 1073741824 bytes", "a: ends too early: was the archive cut off?"]
    );
    assert_eq!(faults_of(&[lie(1 << 20)]), ["a: ends too early: was the archive cut off?"]);
    assert_eq!(
        faults_of(&[header(b"d/", EntryType::Directory, 1).as_bytes().to_vec()])[0],
        "d: is a folder with content"
    );
    // The content of one is read as the header of the next.
    let mut less = lie(0);
    less.extend([b'x'; 512]);
    assert_eq!(faults_of(&[less]), ["package: is broken: no valid header behind the entry a"]);
    let mut unreadable = header(b"a", EntryType::Regular, 0);
    unreadable.as_old_mut().size = *b"not a number";
    unreadable.set_cksum();
    assert!(faults_of(&[unreadable.as_bytes().to_vec()])[0].contains("is broken: "));
}

#[test]
fn names_need_not_be_utf8_but_must_be_there() {
    let named = ended(member(b"d\x81", EntryType::Regular, b""));
    assert_eq!(paths(&unpacked(&named)), ["d\u{fc}"]);
    assert_eq!(faults_of(&[member(b"", EntryType::Regular, b"")]), ["package: has no name"]);
}

#[test]
fn headers_are_summed_up() {
    let mut bytes = tarred(&[("a", "x"), ("b", "y")]);
    bytes[1024] ^= 1;
    assert_eq!(faults(&bytes), ["package: is broken: no valid header behind the entry a"]);
    assert_eq!(
        faults(&gzipped(b"no tar at all, but longer than one block of it".repeat(20).as_slice())),
        ["package: is no tar: it begins with no valid header"]
    );
    assert_eq!(
        faults(&gzipped(&zipped(&[("a", &"x".repeat(5_000)), ("b", &"y".repeat(500_000))])))[0],
        "package: is no tar: it begins with no valid header"
    );
}

#[test]
fn an_end_without_its_mark_is_told() {
    let bytes = regular("a");
    assert_eq!(faults(&bytes), ["a: ends too early: was the archive cut off?"]);
    assert_eq!(faults(&gzipped(&bytes)), ["a: ends too early: was the archive cut off?"]);
    let concatenated = [tarred(&[("a", "")]), tarred(&[("b", "")])].concat();
    assert_eq!(faults(&concatenated), ["package: has bytes behind its end"]);
    let filled = [tarred(&[("a", "")]), vec![0; 10_240]].concat();
    assert_eq!(paths(&unpacked(&filled)), ["a"]);
}

#[test]
fn gzips_of_several_members_are_one() {
    let tar = tarred(&[("a", "x"), ("b", "y")]);
    let bytes = [gzipped(&tar[..700]), gzipped(&tar[700..])].concat();
    assert_eq!(paths(&unpacked(&bytes)), ["a", "b"]);
}

#[test]
fn gzips_are_checked_to_their_end() {
    let mut bytes = gzipped(&tarred(&[("a", "x")]));
    let sum = bytes.len() - 8;
    bytes[sum] ^= 1;
    assert!(faults(&bytes)[0].contains("is broken: "));
    bytes.truncate(sum);
    assert!(faults(&bytes)[0].contains("cut off"));
}

#[test]
fn a_bomb_ends_at_the_bound_and_not_at_its_end() {
    // A GiB of zeros behind the mark of the end, in what is skipped, and in a file.
    let zeros = gzipped(&vec![0; 1 << 20]).repeat(1 << 10);
    let bomb = |first: Vec<u8>| [gzipped(&first), zeros.clone()].concat();
    let size = 1 << 30;
    let bounds = Bounds { unrated: 8 << 20, ratio: 1, ..Bounds::default() };
    for first in [
        tarred(&[("a", "")]),
        header(b".git/a", EntryType::Regular, size).as_bytes().to_vec(),
        header(b"a", EntryType::Regular, size).as_bytes().to_vec(),
        header(b"a", EntryType::Symlink, size).as_bytes().to_vec(),
    ] {
        let faults = faults_within(&bomb(first), &bounds);
        assert_eq!(faults.last().unwrap(), "package: becomes more than 1 times as large as it is");
    }
}
