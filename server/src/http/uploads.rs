//! Places of large bodies: so many come in at one time, and whoever has more than its part of them must not be slow while
//! another waits for one.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::error::Problem;
use crate::account::senders::{Part, Senders};
use crate::descriptors::Share;

/// Large bodies that come in at one time, where there are descriptors for so many; more wait for their turn.
const AT_ONCE: u64 = 128;
/// How long they wait.
const PATIENCE: Duration = Duration::from_secs(30);

/// Places of large bodies.
#[derive(Debug, Clone)]
pub(super) struct Uploads {
    places: Arc<Semaphore>,
    senders: Senders,
    /// That of the one body that may come though there is no room for another.
    repeated: Arc<Semaphore>,
}

/// A place of a large body, and its sender's part of all.
pub(crate) struct Place {
    _place: OwnedSemaphorePermit,
    part: Part,
}

impl Uploads {
    pub(super) fn new() -> Self {
        let places = Share::Uploads.descriptors().min(AT_ONCE);
        Self::of(usize::try_from(places).unwrap_or(usize::MAX))
    }

    pub(super) fn of(places: usize) -> Self {
        let (places, senders) = (Arc::new(Semaphore::new(places)), Senders::new(places as u64));
        Self { places, senders, repeated: Arc::new(Semaphore::new(1)) }
    }

    /// The place of a body that was accepted before, for whose client it is no new one: where what waits leaves no room for
    /// another, one such may come at a time, and be thrown away when it is known.
    pub(super) fn repetition(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.repeated).try_acquire_owned().ok()
    }

    pub(super) async fn place(&self, sender: Option<IpAddr>) -> Result<Place, Problem> {
        let deadline = Instant::now() + PATIENCE;
        let mut part = self.senders.part(sender.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
        if !part.grow(1, deadline).await {
            return Err(Problem::no_room_for_request());
        }
        if self.places.available_permits() == 0 {
            part.note_lack();
        }
        let waiting = tokio::time::timeout_at(deadline, Arc::clone(&self.places).acquire_owned());
        let place = waiting.await.ok().and_then(Result::ok).ok_or_else(Problem::no_room_for_request)?;
        Ok(Place { _place: place, part })
    }
}

impl Place {
    /// Its sender has more than its part of the places though another lacks one.
    pub(super) fn is_in_the_way(&self) -> bool {
        self.part.is_in_the_way()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One client has taken all places: when it sees that another waits it takes no more than half of them.
    #[tokio::test(start_paused = true)]
    async fn who_has_all_places_leaves_the_next_that_come_free_to_others() {
        let (uploads, [flood, honest]) = (Uploads::of(4), [1, 2].map(|last| Some([10, 0, 0, last].into())));
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(uploads.place(flood).await.unwrap());
        }
        let more: Vec<_> = (0..40)
            .map(|_| {
                let uploads = uploads.clone();
                tokio::spawn(async move { uploads.place(flood).await.map(std::mem::forget) })
            })
            .collect();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let waiting = |uploads: Uploads| tokio::spawn(async move { uploads.place(honest).await });
        let (one, other) = (waiting(uploads.clone()), waiting(uploads.clone()));
        tokio::time::sleep(Duration::from_secs(1)).await;
        held.truncate(2);
        assert!(one.await.unwrap().is_ok() && other.await.unwrap().is_ok());
        for more in more {
            more.abort();
        }
    }
}
