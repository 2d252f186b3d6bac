//! What submissions that are not finished take on the disk.

use std::collections::HashMap;

use gavel_protocol::Bytes;

use crate::content::BlobId;
use crate::submission::Footprint;

/// So often all that waits may name files. A file that all name takes its bytes once, but each of its names some fifty bytes of
/// memory, and as much at the next start.
const MOST_NAMES: usize = 500_000;

/// Rows and files. A file that several name counts once.
#[derive(Debug, Default)]
pub(super) struct Stored {
    files: HashMap<BlobId, Named>,
    bytes: u64,
    /// How often files are named, by however many.
    names: usize,
}

#[derive(Debug)]
struct Named {
    by: u32,
    size: u64,
}

impl Stored {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// With this one there are no more bytes than that, and no more names than may be.
    pub(super) fn has_room_for(&self, footprint: &Footprint, most: Bytes) -> bool {
        let names = self.names.saturating_add(footprint.files.len());
        self.bytes_with(footprint) <= most.get() && (footprint.files.is_empty() || names <= MOST_NAMES)
    }

    /// So many bytes there would be with this one.
    fn bytes_with(&self, footprint: &Footprint) -> u64 {
        let files = footprint.files.iter().filter(|(id, _)| !self.files.contains_key(id));
        let files = files.fold(0_u64, |sum, (_, size)| sum.saturating_add(*size));
        self.bytes.saturating_add(footprint.row).saturating_add(files)
    }

    pub(super) fn hold(&mut self, footprint: &Footprint) {
        self.bytes += footprint.row;
        self.names += footprint.files.len();
        for &(id, size) in &footprint.files {
            let named = self.files.entry(id).or_insert(Named { by: 0, size });
            if named.by == 0 {
                self.bytes += size;
            }
            named.by += 1;
        }
    }

    pub(super) fn release(&mut self, footprint: &Footprint) {
        self.bytes = self.bytes.saturating_sub(footprint.row);
        self.names = self.names.saturating_sub(footprint.files.len());
        for (id, _) in &footprint.files {
            let Some(named) = self.files.get_mut(id) else { continue };
            named.by -= 1;
            if named.by == 0 {
                self.bytes = self.bytes.saturating_sub(named.size);
                self.files.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_many_name_counts_once_and_until_the_last_has_gone() {
        let footprint = |row, names: &[&str]| Footprint {
            row,
            files: names.iter().map(|name| (BlobId::of(name.as_bytes()), 100)).collect(),
        };
        let mut stored = Stored::default();
        let (one, two) = (footprint(5, &["a", "b"]), footprint(7, &["b"]));
        stored.hold(&one);
        assert_eq!(stored.bytes_with(&two), 212);
        stored.hold(&two);
        assert_eq!((stored.bytes(), stored.names), (212, 3));
        stored.release(&one);
        assert_eq!((stored.bytes(), stored.names), (107, 1));
        stored.release(&two);
        assert_eq!((stored.bytes(), stored.names, stored.files.len()), (0, 0, 0));
    }

    #[test]
    fn files_that_all_name_are_named_only_so_often() {
        let names: Vec<_> = (0..1000_u64).map(|number| (BlobId::of(&number.to_le_bytes()), 1)).collect();
        let footprint = Footprint { row: 0, files: names };
        let (mut stored, most) = (Stored::default(), Bytes::mib(1));
        for _ in 0..MOST_NAMES / 1000 {
            assert!(stored.has_room_for(&footprint, most));
            stored.hold(&footprint);
        }
        assert_eq!(stored.bytes(), 1000);
        assert!(!stored.has_room_for(&footprint, most));
        // An earlier version took more.
        stored.hold(&footprint);
        assert!(stored.has_room_for(&Footprint::default(), most), "what names none");
        stored.release(&footprint);
        stored.release(&footprint);
        assert!(stored.has_room_for(&footprint, most));
        assert!(!stored.has_room_for(&footprint, Bytes(999)), "there are more bytes");
    }
}
