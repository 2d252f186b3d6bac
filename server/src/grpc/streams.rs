//! Bounds on the calls that have streams: how many are open, and what they together hold of large messages.
//!
//! A call holds its first message, which is its request, as long as it runs, and of those that follow one at a time,
//! until its program has taken it. What counts is therefore the first and the largest of the others.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::Status;
use tonic::body::Body;

use super::budget::kib;
use super::counted::counted;
use super::messages::Messages;
use crate::config::GrpcConfig;

/// What all calls with streams share.
#[derive(Debug, Clone)]
pub(super) struct Streams {
    places: Arc<Semaphore>,
    kib: Arc<Semaphore>,
}

/// A call that was let in.
#[derive(Debug)]
pub(super) struct Call(Arc<Taken>);

/// What a call has taken; free again when both its request and its answer are gone.
#[derive(Debug)]
struct Taken {
    _place: OwnedSemaphorePermit,
    memory: Mutex<Memory>,
}

/// The memory of one call.
#[derive(Debug)]
struct Memory {
    kib: Arc<Semaphore>,
    messages: Messages,
    /// Of its first message.
    first: Option<usize>,
    /// Of the largest that followed.
    largest: usize,
    permits: Option<OwnedSemaphorePermit>,
}

impl Streams {
    /// By these settings.
    pub(super) fn new(config: &GrpcConfig) -> Self {
        let semaphore = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        // One message of the largest size passes in any case.
        let memory = config.stream_memory.max(config.max_message).get();
        let memory = usize::try_from(memory).unwrap_or(usize::MAX);
        Self { places: semaphore(config.streams), kib: semaphore(memory / 1024) }
    }

    /// Lets a call in.
    ///
    /// # Errors
    /// `RESOURCE_EXHAUSTED` where no place is left.
    pub(super) fn admit(&self) -> Result<Call, Status> {
        let none = |_| Status::resource_exhausted("too many streams are open (gojudge.grpc.streams)");
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(none)?;
        let memory = Mutex::new(Memory::new(Arc::clone(&self.kib)));
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
    fn new(kib: Arc<Semaphore>) -> Self {
        Self { kib, messages: Messages::default(), first: None, largest: 0, permits: None }
    }

    /// Takes what the messages that begin here need. None is read before.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Status> {
        for size in self.messages.begun(bytes) {
            match self.first {
                None => self.first = Some(size),
                Some(_) => self.largest = self.largest.max(size),
            }
        }
        let needed = kib(self.first.unwrap_or(0)) + kib(self.largest);
        let more = needed.saturating_sub(self.permits.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if more == 0 {
            return Ok(());
        }
        let too_many =
            |_| Status::resource_exhausted("too many large messages on streams (gojudge.grpc.stream_memory)");
        let wanted = u32::try_from(more).unwrap_or(u32::MAX);
        let permits = Arc::clone(&self.kib).try_acquire_many_owned(wanted).map_err(too_many)?;
        match &mut self.permits {
            Some(held) => held.merge(permits),
            none => *none = Some(permits),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::SMALL;
    use super::*;

    /// The head of a message of so many bytes, and the message.
    fn message(size: usize) -> Vec<u8> {
        [&[0][..], &u32::try_from(size).unwrap().to_be_bytes(), &vec![7; size]].concat()
    }

    #[test]
    fn a_call_holds_its_first_message_and_the_largest_of_the_others() {
        let kib = Arc::new(Semaphore::new(100));
        let mut call = Memory::new(Arc::clone(&kib));
        for (size, left) in [(10 << 10, 90), (20 << 10, 70), (5 << 10, 70), (30 << 10, 60), (30 << 10, 60)] {
            call.take(&message(SMALL + size)).unwrap();
            assert_eq!(kib.available_permits(), left);
        }
        drop(call);
        assert_eq!(kib.available_permits(), 100);
    }

    #[test]
    fn a_message_is_refused_by_its_head() {
        let kib = Arc::new(Semaphore::new(100));
        let mut call = Memory::new(Arc::clone(&kib));
        call.take(&message(SMALL)).unwrap();
        let refused = call.take(&message(SMALL + (101 << 10))[..5]).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
        assert_eq!(kib.available_permits(), 100);
    }
}
