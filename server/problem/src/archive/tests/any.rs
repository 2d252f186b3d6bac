//! Anything at all: what is right comes out as it went in, and what is not leads nowhere.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::made::{Raw, ended, gzipped, member, raw, tarred, zipped};
use super::{Tree, tried};
use crate::archive::Bounds;

/// Two folders at the top, so that none is taken away.
fn files() -> impl Strategy<Value = BTreeMap<String, String>> {
    let name = "[ab]/[a-c]{1,2}(\\.in|/[d-f]\\.ans)";
    btree_map(name, ".{0,40}", 1..12).prop_map(|mut files| {
        files.insert("top".to_owned(), String::new());
        files
    })
}

fn contents(tree: Tree) -> BTreeMap<String, String> {
    let text = |content: Vec<u8>| String::from_utf8(content).unwrap();
    tree.into_iter().filter_map(|(path, content)| Some((path, text(content?)))).collect()
}

/// A part of a name that is not as it should be, or is.
fn part() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a", "b", "..", ".", "", "c:", "C:", "\\", "~", "\0", ".git", "a\\..", "%2e%2e", "…", " ", "-",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_come_out_as_they_went_in(files in files()) {
        let list: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let tar = tarred(&list);
        for bytes in [zipped(&list), gzipped(&tar), tar] {
            let (tree, notes) = tried(&bytes, &Bounds::default()).unwrap();
            prop_assert_eq!(contents(tree), files.clone());
            prop_assert!(notes.is_empty());
        }
    }

    /// That nothing is beside the folder afterwards, and no link in it, is looked at by `tried`.
    #[test]
    fn no_name_leads_out(names in vec(vec(part(), 1..5), 1..4)) {
        let names: Vec<_> = names.iter().map(|parts| parts.join("/")).collect();
        let entries: Vec<_> = names.iter().map(|name| Raw::stored(name.as_bytes(), b"")).collect();
        let members = names.iter().map(|name| member(name.as_bytes(), tar::EntryType::Regular, b""));
        for bytes in [raw(&entries), ended(members.collect::<Vec<_>>().concat())] {
            if let Ok((tree, _)) = tried(&bytes, &Bounds::default()) {
                prop_assert!(tree.len() <= 12);
            }
        }
    }

    #[test]
    fn changed_bytes_break_nothing(
        kind in 0..3_usize,
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let files = [("d/a.in", "one two three three three"), ("d/a.ans", ""), ("e", "x"), ("d/f/", "")];
        let tar = tarred(&files);
        let mut bytes = vec![zipped(&files), gzipped(&tar), tar].swap_remove(kind);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let bounds = Bounds { bytes: 1 << 20, file: 1 << 20, ..Bounds::default() };
        if let Ok((tree, _)) = tried(&bytes, &bounds) {
            prop_assert!(tree.len() <= 8);
            prop_assert!(tree.values().flatten().map(Vec::len).sum::<usize>() <= 1 << 20);
        }
    }
}
