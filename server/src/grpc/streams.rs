//! Bounds on the calls that have streams: how many are open, and what they together hold of large messages.
//!
//! A call holds its first message, which is its request, as long as it runs, and of those that follow one at a time,
//! until its program has taken it. What counts is therefore the first and the largest of the others.

use std::sync::{Arc, Mutex, PoisonError};

use tonic::Status;
use tonic::body::Body;

use super::counted::counted;
use super::memory::{cost, grow};
use super::messages::Messages;
use crate::account::{Account, Held, Purpose};
use crate::shares::{Share, Shares};

/// What all calls with streams share.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    places: Shares,
    account: Account,
}

/// A call that was let in.
#[derive(Debug)]
pub(super) struct Call(Arc<Taken>);

/// What a call has taken; free again when both its request and its answer are gone.
#[derive(Debug)]
struct Taken {
    _place: Share,
    memory: Mutex<Memory>,
}

/// The memory of one call.
#[derive(Debug)]
struct Memory {
    held: Held,
    messages: Messages,
    /// Of its first message.
    first: Option<usize>,
    /// Of the largest that followed.
    largest: usize,
}

impl Streams {
    /// So many, whose messages are on this account.
    pub(super) fn new(count: usize, account: Account) -> Self {
        Self { places: Shares::new(count), account }
    }

    /// Lets a call of this sender in.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` where no place is left that it may have.
    pub(super) fn admit(&self, sender: &str) -> Result<Call, Status> {
        let none = || Status::resource_exhausted("too many streams are open (gojudge.grpc.streams)");
        let place = self.places.try_take(sender, 1).ok_or_else(none)?;
        let memory = Mutex::new(Memory::new(&self.account));
        Ok(Call(Arc::new(Taken { _place: place, memory })))
    }
}

impl Call {
    /// Its request, whose messages take memory as they come.
    pub(super) fn counted(&self, request: Body) -> Body {
        let taken = Arc::clone(&self.0);
        counted(request, move |data| taken.memory.lock().unwrap_or_else(PoisonError::into_inner).take(data))
    }

    /// Its answer, which keeps what was taken until it has ended.
    pub(super) fn keeping(self, answer: Body) -> Body {
        counted(answer, move |_| {
            let _kept = &self;
            Ok(())
        })
    }
}

impl Memory {
    fn new(account: &Account) -> Self {
        let held = account.open(Purpose::Requests);
        Self { held, messages: Messages::default(), first: None, largest: 0 }
    }

    /// Takes what the messages that begin here need. None is read before.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Status> {
        for size in self.messages.begun(bytes) {
            match self.first {
                None => self.first = Some(size),
                Some(_) => self.largest = self.largest.max(size),
            }
        }
        grow(&mut self.held, cost(self.first.unwrap_or(0)) + cost(self.largest))
    }
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes;

    use super::*;

    /// The head of a message of so many KiB, and the message.
    fn message(kib: usize) -> Vec<u8> {
        let size = kib << 10;
        [&[0][..], &u32::try_from(size).unwrap().to_be_bytes(), &vec![7; size]].concat()
    }

    #[test]
    fn a_call_holds_its_first_message_and_the_largest_of_the_others() {
        let account = Account::new(Bytes::mib(16));
        let mut call = Memory::new(&account);
        for (size, held) in [(100, 200), (200, 600), (50, 600), (300, 800), (300, 800)] {
            call.take(&message(size)).unwrap();
            assert_eq!(account.held(), Bytes::kib(held));
        }
        drop(call);
        assert_eq!(account.held(), Bytes(0));
    }

    #[test]
    fn a_message_is_refused_by_its_head() {
        let account = Account::new(Bytes::mib(16));
        let mut call = Memory::new(&account);
        call.take(&message(100)).unwrap();
        let refused = call.take(&message(3 << 10)[..5]).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(account.held(), Bytes::kib(200));
    }
}
