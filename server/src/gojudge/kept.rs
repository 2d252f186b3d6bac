//! What is kept of what a program writes while it runs, on the account of memory.

use crate::account::{Account, Full, Held, Purpose};

/// Outputs grow by at least so much, so that not every read asks the account.
const STEP: usize = 64 * 1024;

/// The first bytes of an output, up to a maximum. Where the account has no more room for it, nothing of it is kept: a
/// part would look like the whole.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
    max: usize,
    held: Held,
    lost: bool,
    block: usize,
}

impl Kept {
    /// Nothing yet, of what will be this many bytes at most, and comes in blocks of so many.
    pub(super) fn new(account: &Account, max: usize, block: usize) -> Self {
        Self { bytes: Vec::new(), max, held: account.open(Purpose::Outputs), lost: false, block }
    }

    /// Most that is read at one time.
    pub(super) fn block(&self) -> usize {
        self.block
    }

    /// Takes what has been written next.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        let length = bytes.len().min(self.max - self.bytes.len());
        if length == 0 || self.lost {
            return;
        }
        match self.make_room(length) {
            Ok(()) => self.bytes.extend_from_slice(&bytes[..length]),
            Err(full) => {
                tracing::info!(%full, "an output of {} bytes and more is not kept", self.bytes.len());
                self.bytes = Vec::new();
                self.held.shrink_to(0);
                self.lost = true;
            }
        }
    }

    /// The bytes, and their part of the account; none where there was no room for them.
    pub(super) fn finish(mut self) -> Option<(Vec<u8>, Held)> {
        self.bytes.shrink_to_fit();
        self.held.shrink_to(self.bytes.len() as u64);
        (!self.lost).then_some((self.bytes, self.held))
    }

    /// For so many bytes more. What is reserved is what counts.
    fn make_room(&mut self, length: usize) -> Result<(), Full> {
        let needed = self.bytes.len() + length;
        if needed <= self.bytes.capacity() {
            return Ok(());
        }
        let small = needed.next_power_of_two();
        let capacity = small.min(needed.max(self.bytes.capacity() / 2 * 3) + STEP).min(self.max);
        self.held.try_grow((capacity as u64).saturating_sub(self.held.bytes()))?;
        self.bytes.reserve_exact(capacity - self.bytes.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes;

    use super::*;

    fn account() -> Account {
        Account::new(Bytes::mib(16))
    }

    #[test]
    fn the_first_bytes_are_kept_up_to_the_maximum() {
        let account = account();
        let mut kept = Kept::new(&account, 5, 1);
        for piece in ["abc", "def", "ghi"] {
            kept.take(piece.as_bytes());
        }
        assert_eq!(kept.finish().unwrap().0, b"abcde");
    }

    #[test]
    fn what_is_kept_is_on_the_account_while_it_grows_and_until_it_is_dropped() {
        let account = account();
        let mut kept = Kept::new(&account, 1 << 40, 1);
        for _ in 0..64 {
            kept.take(&[7; 64 * 1024]);
            assert!(account.held().get() >= kept.bytes.capacity() as u64);
        }
        let (bytes, held) = kept.finish().unwrap();
        assert_eq!((bytes.len(), account.held()), (4 << 20, Bytes::mib(4)));
        drop(held);
        assert_eq!(account.held(), Bytes(0));
    }

    #[test]
    fn as_much_as_one_may_have_can_be_kept() {
        let account = account();
        let most = account.most(Purpose::Outputs);
        let mut kept = Kept::new(&account, usize::try_from(most).unwrap(), 1);
        for _ in 0..=most / (64 * 1024) {
            kept.take(&[7; 64 * 1024]);
        }
        assert_eq!(kept.finish().unwrap().0.len() as u64, most);
    }

    #[test]
    fn an_output_that_finds_no_room_is_lost_as_a_whole_and_gives_its_part_back() {
        let account = account();
        let _others = account.try_take(Purpose::Outputs, 6 << 20).unwrap();
        let mut kept = Kept::new(&account, 1 << 40, 1);
        for _ in 0..128 {
            kept.take(&[7; 64 * 1024]);
        }
        assert!(kept.finish().is_none());
        assert_eq!(account.held(), Bytes::mib(6));
    }
}
