//! Streams of events that are open: bounded, and no sender has them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Problem;

/// Most streams that are open at one time.
const MOST: usize = 128;
/// Of one token, or of one address without one.
const OF_ONE: usize = 32;

/// The streams that are open.
#[derive(Debug, Default)]
pub struct Followers(Arc<Mutex<HashMap<String, usize>>>);

/// The right to one of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    followers: Arc<Mutex<HashMap<String, usize>>>,
    sender: String,
}

impl Followers {
    /// A place for this sender.
    ///
    /// # Errors
    /// That there is none at this time.
    pub(super) fn place(&self, sender: String) -> Result<Place, Problem> {
        let mut table = lock(&self.0);
        let own = table.get(&sender).copied().unwrap_or(0);
        if own >= OF_ONE || table.values().sum::<usize>() >= MOST {
            let detail = format!(
                "as many streams of events are open as may be ({OF_ONE} of one token, {MOST} in all)"
            );
            return Err(Problem::Unavailable { detail, retry_after: Duration::from_secs(5) });
        }
        table.insert(sender.clone(), own + 1);
        Ok(Place { followers: Arc::clone(&self.0), sender })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = lock(&self.followers);
        if let Some(open) = table.get_mut(&self.sender) {
            *open -= 1;
            if *open == 0 {
                table.remove(&self.sender);
            }
        }
    }
}

fn lock(table: &Mutex<HashMap<String, usize>>) -> MutexGuard<'_, HashMap<String, usize>> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_not_all_and_a_place_is_free_again_when_it_is_left() {
        let followers = Followers::default();
        let place = |sender: &str| followers.place(sender.to_owned());
        let mut held: Vec<_> = (0..OF_ONE).map(|_| place("a").unwrap()).collect();
        assert!(place("a").is_err());
        held.extend((OF_ONE..MOST).map(|number| place(&number.to_string()).unwrap()));
        assert!(place("z").is_err());
        held.truncate(OF_ONE - 1);
        drop((place("a").unwrap(), place("z").unwrap()));
        held.clear();
        assert!(lock(&followers.0).is_empty());
    }
}
