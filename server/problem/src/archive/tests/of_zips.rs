//! What only zips can do.

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::made::{Raw, end64, finished, raw, zipped, zipped_by_other};
use super::{faults, faults_within, paths, unpacked};
use crate::archive::Bounds;

/// The faults of one entry, which is the second of two.
fn faults_of(entry: Raw) -> Vec<String> {
    faults(&raw(&[Raw::deflated(b"a", b"first"), entry]))
}

fn entry() -> Raw {
    Raw::deflated(b"b", b"twice, twice, twice")
}

#[test]
fn zips_of_other_writers_are_taken() {
    let files: [(&str, &[u8]); 2] = [("a", b"x"), ("d/b", &[7; 70_000])];
    let options = SimpleFileOptions::default();
    for options in [
        options,
        options.compression_method(CompressionMethod::Stored),
        options.compression_method(CompressionMethod::Deflated).large_file(true),
        options.unix_permissions(0o755),
    ] {
        let tree = unpacked(&zipped_by_other(&files, options));
        assert_eq!(tree["a"].as_deref(), Some(&b"x"[..]));
        assert_eq!(tree["d/b"].as_deref(), Some(&[7; 70_000][..]));
    }
}

#[test]
fn sizes_may_stand_behind_the_content() {
    let mut streamed = Raw { flags: 0x8, ..entry() };
    let compressed = streamed.compressed_size;
    let mut descriptor = b"PK\x07\x08".to_vec();
    descriptor.extend(streamed.crc.to_le_bytes());
    descriptor.extend(compressed.to_le_bytes());
    descriptor.extend(streamed.size.to_le_bytes());
    streamed.content.extend(descriptor);
    // Before the content the sizes are 0: the first 30 bytes are that header.
    let mut bytes = raw(&[streamed]);
    bytes[14..26].fill(0);
    assert_eq!(unpacked(&bytes)["b"].as_deref(), Some(&b"twice, twice, twice"[..]));
}

/// A zip of these empty files, by the program of a system.
fn made_by(system: u8, names: &[&str]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for name in names {
        let from = list.len();
        Raw::stored(name.as_bytes(), b"").write(&mut bytes, &mut list);
        list[from + 5] = system;
    }
    finished(bytes, &list, names.len())
}

#[test]
fn backslashes_of_windows_are_slashes() {
    let names = ["data\\secret\\1.in", "data\\secret\\1.ans", "data\\sample\\", "problem.yaml"];
    let tree = unpacked(&made_by(0, &names));
    assert_eq!(tree["data/secret/1.in"].as_deref(), Some(&b""[..]));
    assert!(tree.contains_key("data/sample") && tree["data/sample"].is_none());
    assert_eq!(faults(&made_by(0, &["..\\a"])), ["../a: its name has .. in it"]);
    assert_eq!(faults(&made_by(0, &["\\a"])), ["/a: its name begins with /"]);
    assert_eq!(faults(&made_by(0, &["a/b\\c"])).len(), 1);
    assert_eq!(faults(&made_by(3, &["a\\b"])).len(), 1);
}

#[test]
fn zip64_is_taken() {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    entry().write(&mut bytes, &mut list);
    let offset = bytes.len();
    bytes.extend(&list);
    assert_eq!(paths(&unpacked(&end64(bytes, 1, list.len(), offset))), ["b"]);
}

#[test]
fn numbers_of_zip64_that_lead_nowhere_are_told() {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    let mut extra = vec![1, 0, 8, 0];
    extra.extend(u64::MAX.to_le_bytes());
    Raw { offset: Some(u32::MAX), extra, ..entry() }.write(&mut bytes, &mut list);
    assert!(faults(&finished(bytes.clone(), &list, 1))[0].starts_with("b: "));
    let length = list.len();
    let offset = bytes.len();
    bytes.extend(&list);
    for (length, offset) in [(usize::MAX, 0), (length, usize::MAX), (length, 1 << 40)] {
        assert_eq!(faults(&end64(bytes.clone(), 1, length, offset)).len(), 1);
    }
    let mut lost = end64(bytes, 1, length, offset);
    let locator = lost.len() - 22 - 20;
    lost[locator + 8..locator + 16].fill(0xff);
    assert_eq!(faults(&lost).len(), 1);
}

#[test]
fn devices_are_refused() {
    for mode in [0o020_644, 0o060_644, 0o010_644, 0o140_644] {
        assert_eq!(
            faults_of(Raw { mode, ..entry() }),
            ["b: is neither a file nor a folder: only files, folders and links to files are taken"]
        );
    }
}

#[test]
fn targets_of_links_are_contents() {
    let deflated = Raw { mode: 0o120_777, ..Raw::deflated(b"l", b"a") };
    let tree = unpacked(&raw(&[Raw::stored(b"a", b"x"), deflated.clone()]));
    assert_eq!(tree["l"].as_deref(), Some(&b"x"[..]));
    assert_eq!(faults_of(Raw { flags: 0x1, ..deflated.clone() }), ["l: is encrypted"]);
    let told = faults_of(Raw { crc: 1, ..deflated });
    assert!(told[0].starts_with("l: is broken: Invalid checksum"), "{told:?}");
    // A short one that would become a long one.
    let bomb = Raw { mode: 0o120_777, size: 1, ..Raw::deflated(b"l", &[b'x'; 1 << 20]) };
    let told = faults_of(bomb);
    assert!(told[0].starts_with("l: is broken: "), "{told:?}");
}

#[test]
fn what_is_encrypted_is_refused() {
    for flags in [0x1, 0x41, 0x2000] {
        assert_eq!(faults_of(Raw { flags, ..entry() }), ["b: is encrypted"]);
    }
}

#[test]
fn methods_that_are_not_known_are_named() {
    assert_eq!(
        faults_of(Raw { method: 12, ..entry() }),
        ["b: is compressed by method 12 (BZIP2): deflate is taken"]
    );
    assert!(faults_of(Raw { method: 9_999, ..entry() })[0].contains("9999"));
}

#[test]
fn sizes_that_lie_are_told() {
    let honest = entry();
    let with = |size: u32| Raw { size, ..honest.clone() };
    for lie in [with(0), with(honest.size - 1), with(honest.size + 1), with(u32::MAX - 1)] {
        let bounds = Bounds { file: u64::MAX, bytes: u64::MAX, unrated: u64::MAX, ..Bounds::default() };
        let faults = faults_within(&raw(&[lie]), &bounds);
        assert!(faults[0].starts_with("b: is broken: "), "{faults:?}");
    }
    assert_eq!(faults_of(with(u32::MAX - 1)), ["b: has more than 1073741824 bytes"]);
}

#[test]
fn compressed_sizes_that_lie_are_told() {
    let honest = entry();
    let with = |compressed_size: u32| Raw { compressed_size, ..honest.clone() };
    for less in [0, 1, honest.compressed_size - 1] {
        let faults = faults_of(with(less));
        assert!(faults[0].starts_with("b: "), "{faults:?}");
    }
    let mut more = with(honest.compressed_size + 1);
    more.content.push(0);
    assert_eq!(faults_of(more), ["b: has bytes behind its content"]);
    assert_eq!(faults_of(with(honest.compressed_size + 1)), ["b: overlaps with the list of entries"]);
    assert_eq!(faults_of(with(u32::MAX - 1)), ["b: overlaps with the list of entries"]);
    let stored = Raw { size: 6, ..Raw::stored(b"b", b"12345") };
    assert_eq!(faults_of(stored), ["b: is stored as it is, and says that it has two sizes"]);
}

#[test]
fn contents_that_are_changed_are_told() {
    let faults = faults_of(Raw { crc: 1, ..entry() });
    assert!(faults[0].starts_with("b: is broken: Invalid checksum"), "{faults:?}");
    let faults = faults_of(Raw { method: 8, ..Raw::stored(b"b", b"\xff\xff\xff") });
    assert_eq!(faults, ["b: is broken: corrupt deflate stream"]);
}

#[test]
fn folders_have_no_content() {
    assert_eq!(faults_of(Raw::stored(b"d/", b"x")), ["d: is a folder with content"]);
    assert_eq!(
        faults_of(Raw { mode: 0o040_755, ..Raw::stored(b"d", b"x") }),
        ["d: is a folder with content"]
    );
    // Some writers deflate the nothing that is in it.
    let tree = unpacked(&raw(&[Raw::deflated(b"d/", b""), entry()]));
    assert_eq!(paths(&tree), ["b", "d"]);
}

#[test]
fn names_need_not_be_utf8() {
    let tree = unpacked(&raw(&[Raw::stored(b"d\x94.txt", b"x"), Raw::stored(b"d.txt", b"")]));
    assert_eq!(tree["d\u{f6}.txt"].as_deref(), Some(&b"x"[..]));
    assert_eq!(faults_of(Raw::stored(b"d\0e", b"")), ["d\\0e: its name has a control character"]);
    assert_eq!(faults_of(Raw::stored(b"", b"")), ["package: has no name"]);
    assert!(faults_of(Raw::stored(&[b'x'; 60_000], b""))[0].contains("longer than 1024 bytes"));
}

#[test]
fn the_list_and_the_entry_say_the_same() {
    let told = ["b: is another entry in the list than where it stands"];
    assert_eq!(faults_of(Raw { local_name: b"c".to_vec(), ..entry() }), told);
    assert_eq!(faults_of(Raw { offset: Some(0), ..entry() }), told);
    let bytes = raw(&[entry()]);
    // The method, the sizes and the flags before the content.
    for at in [8, 18, 22, 6] {
        let mut changed = bytes.clone();
        changed[at] ^= 8;
        assert_eq!(faults(&changed), told, "{at}");
    }
}

#[test]
fn entries_that_overlap_are_told() {
    // Each entry's content is the header and content of the next, as far as the last.
    let kernel = Raw::stored(b"b", &[b'x'; 100]);
    let mut within = Vec::new();
    let mut list = Vec::new();
    kernel.write(&mut within, &mut Vec::new());
    let outer = Raw::stored(b"a", &within);
    let mut bytes = Vec::new();
    outer.write(&mut bytes, &mut list);
    kernel.list(30 + 1, &mut list);
    assert_eq!(faults(&finished(bytes, &list, 2)), ["b: overlaps with a"]);
    // The same content under many names.
    let one = Raw::stored(b"a", b"x");
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    one.write(&mut bytes, &mut list);
    Raw { name: b"a/../a".to_vec(), ..one.clone() }.list(0, &mut list);
    one.list(0, &mut list);
    let told = faults(&finished(bytes, &list, 3));
    assert_eq!(told, ["a/../a: its name has .. in it", "a: is there twice"]);
}

#[test]
fn a_bomb_of_one_kernel_is_refused_before_a_byte_is_written() {
    // 200 names for the same content of zeros.
    let kernel = vec![0; 1_000_000];
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    let first = Raw::deflated(b"000", &kernel);
    first.write(&mut bytes, &mut list);
    for number in 1..200 {
        Raw { name: format!("{number:03}").into_bytes(), ..first.clone() }.list(0, &mut list);
    }
    let told = faults(&finished(bytes, &list, 200));
    assert!(told[0].ends_with("is another entry in the list than where it stands"), "{told:?}");
}

#[test]
fn how_many_there_are_must_be_said() {
    let mut bytes = zipped(&[("a", ""), ("b", "")]);
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[1, 0, 1, 0]);
    assert_eq!(faults(&bytes), ["package: lists 2 entries, and says that there are 1"]);
    bytes[end + 8..end + 12].copy_from_slice(&[3, 0, 3, 0]);
    assert_eq!(faults(&bytes), ["package: lists 2 entries, and says that there are 3"]);
    bytes[end + 8..end + 12].copy_from_slice(&[0xff, 0xfe, 0xff, 0xfe]);
    assert_eq!(faults(&bytes), ["package: more than 20000 entries"]);
}

#[test]
fn of_two_zips_none_is_taken() {
    let two = |second: &str| [zipped(&[("a", "x")]), zipped(&[("b", second)])].concat();
    assert_eq!(faults(&two("longer than x")), ["package: has bytes before its first entry"]);
    // The second one's list seems to be where the first one's is.
    assert!(faults(&two("y"))[0].starts_with("package: is broken: "));
}

#[test]
fn comments_are_no_part_of_it() {
    let mut bytes = zipped(&[("a", "x")]);
    let length = bytes.len() - 2;
    bytes[length] = 5;
    bytes.extend(b"hello");
    assert_eq!(paths(&unpacked(&bytes)), ["a"]);
}
