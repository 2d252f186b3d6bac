//! Where messages begin in the body of a call: each has a head of five bytes, a flag and its length.

/// How far a body has come.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    /// What has come of the next head.
    head: Vec<u8>,
    /// Bytes of the message that are still to come.
    rest: usize,
}

const HEAD: usize = 5;

impl Messages {
    /// Nothing has come of a message that is not all there.
    pub(super) fn are_whole(&self) -> bool {
        self.head.is_empty() && self.rest == 0
    }

    /// Sizes of the messages whose heads end in the next bytes.
    pub(crate) fn begun(&mut self, mut bytes: &[u8]) -> Vec<usize> {
        let mut sizes = Vec::new();
        while !bytes.is_empty() {
            let passed = self.rest.min(bytes.len());
            self.rest -= passed;
            bytes = &bytes[passed..];
            let (head, after) = bytes.split_at(bytes.len().min(HEAD - self.head.len()));
            self.head.extend_from_slice(head);
            bytes = after;
            if let [_flag, a, b, c, d] = self.head[..] {
                self.rest = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
                self.head.clear();
                sizes.push(self.rest);
            }
        }
        sizes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_found_however_the_body_is_cut() {
        let body = [&[0, 0, 0, 0, 3, 1, 2, 3][..], &[0, 0, 0, 0, 0], &[1, 0, 0, 1, 0], &[9; 256]].concat();
        for size in 1..=body.len() {
            let mut messages = Messages::default();
            let sizes: Vec<_> = body.chunks(size).flat_map(|chunk| messages.begun(chunk)).collect();
            assert_eq!(sizes, [3, 0, 256], "in blocks of {size}");
        }
    }
}
