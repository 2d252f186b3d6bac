//! What messages cost on the account.

use tonic::Status;

use crate::account::{Account, Held, Purpose};

/// A message is there once as it came, and once as what is made of it.
const TIMES: u64 = 2;

/// What a message of so many bytes takes.
pub(super) fn cost(bytes: usize) -> u64 {
    (bytes as u64).saturating_mul(TIMES)
}

/// The largest message that may be.
pub(super) fn largest(account: &Account) -> u64 {
    account.most(Purpose::Requests) / TIMES
}

/// Has a call hold at least so many bytes.
///
/// # Errors
/// `RESOURCE_EXHAUSTED` where they are not free.
pub(super) fn grow(held: &mut Held, bytes: u64) -> Result<(), Status> {
    let more = bytes.saturating_sub(held.bytes());
    let too_many = |full| Status::resource_exhausted(format!("too many large messages at once: {full}"));
    held.try_grow(more).map_err(too_many)
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes;

    use super::*;

    #[test]
    fn what_is_too_much_for_all_is_refused_and_leaves_the_others_theirs() {
        let account = Account::new(Bytes::mib(16));
        let (mut first, mut second) = (account.open(Purpose::Requests), account.open(Purpose::Requests));
        grow(&mut first, cost(5 << 19)).unwrap();
        let refused = grow(&mut second, cost(2 << 20)).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(account.held(), Bytes::mib(5));
        drop(first);
        grow(&mut second, cost(2 << 20)).unwrap();
        assert_eq!(account.held(), Bytes::mib(4));
    }
}
