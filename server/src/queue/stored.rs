//! What submissions that are not finished take on the disk.

use std::collections::HashMap;

use crate::content::BlobId;
use crate::submission::Footprint;

/// Rows and files. A file that several name counts once.
#[derive(Debug, Default)]
pub(super) struct Stored {
    files: HashMap<BlobId, Named>,
    bytes: u64,
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

    /// So many there would be with this one.
    pub(super) fn bytes_with(&self, footprint: &Footprint) -> u64 {
        let files = footprint.files.iter().filter(|(id, _)| !self.files.contains_key(id));
        let files = files.fold(0_u64, |sum, (_, size)| sum.saturating_add(*size));
        self.bytes.saturating_add(footprint.row).saturating_add(files)
    }

    pub(super) fn hold(&mut self, footprint: &Footprint) {
        self.bytes += footprint.row;
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
        assert_eq!(stored.bytes(), 212);
        stored.release(&one);
        assert_eq!(stored.bytes(), 107);
        stored.release(&two);
        assert_eq!((stored.bytes(), stored.files.len()), (0, 0));
    }
}
