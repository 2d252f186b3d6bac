//! Streams of events that are open: bounded, and no sender has them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Problem;

/// The streams of one kind that are open.
#[derive(Debug)]
pub struct Followers {
    open: Arc<Mutex<HashMap<String, usize>>>,
    most: usize,
    of_one: usize,
}

/// The right to one of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    open: Arc<Mutex<HashMap<String, usize>>>,
    sender: String,
}

impl Followers {
    /// Those who follow all submissions that they see: each reads what anybody's submissions come to.
    pub fn of_all() -> Self {
        Self::new(128, 32)
    }

    /// Those who follow one submission.
    pub fn of_one_submission() -> Self {
        Self::new(4096, 1024)
    }

    /// At most so many at one time, and of one sender: a named token, or all who come with none.
    fn new(most: usize, of_one: usize) -> Self {
        Self { open: Arc::default(), most, of_one }
    }

    /// A place for this sender.
    ///
    /// # Errors
    /// That there is none at this time.
    pub(super) fn place(&self, sender: String) -> Result<Place, Problem> {
        let Self { most, of_one, .. } = self;
        let mut table = lock(&self.open);
        let own = table.get(&sender).copied().unwrap_or(0);
        if own >= *of_one || table.values().sum::<usize>() >= *most {
            let detail = format!(
                "as many streams of events are open as may be ({of_one} of one token, {most} in all)"
            );
            return Err(Problem::Unavailable { detail, retry_after: Duration::from_secs(5) });
        }
        table.insert(sender.clone(), own + 1);
        Ok(Place { open: Arc::clone(&self.open), sender })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = lock(&self.open);
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
        let followers = Followers::new(9, 4);
        let place = |sender: &str| followers.place(sender.to_owned());
        let mut held: Vec<_> = (0..4).map(|_| place("a").unwrap()).collect();
        assert!(place("a").is_err());
        held.extend((4..9).map(|number| place(&number.to_string()).unwrap()));
        assert!(place("z").is_err());
        held.truncate(3);
        drop((place("a").unwrap(), place("z").unwrap()));
        held.clear();
        assert!(lock(&followers.open).is_empty());
    }
}
