//! Slows down users whose submissions keep running into their time limits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::OwnedMutexGuard;

use crate::config::ThrottleConfig;
use crate::judge::Verdict;

mod news;
mod strikes;

pub use news::{Happened, News, Struck};
pub use strikes::Strikes;

/// The throttle of all users; its memory is in the store.
#[derive(Debug)]
pub struct Throttle {
    policy: ThrottleConfig,
    users: Mutex<HashMap<String, Strikes>>,
    /// Turns of users who have one, or wait for one.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// The right to change a user's strikes.
#[derive(Debug)]
pub struct Turn<'a> {
    throttle: &'a Throttle,
    struck: Struck,
    order: Option<OwnedMutexGuard<()>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        drop(self.order.take());
        self.throttle.forget_turn(&self.struck.news.person);
    }
}

impl Turn<'_> {
    /// What to store.
    pub fn struck(&self) -> Struck {
        self.struck.clone()
    }

    /// They are stored: they hold from now on.
    pub fn take_over(self) {
        self.throttle.set(&self.struck.news.person, self.struck.strikes);
    }
}

impl Throttle {
    /// With what the store remembers.
    pub fn new(policy: ThrottleConfig, users: HashMap<String, Strikes>) -> Self {
        Self { policy, users: Mutex::new(users), turns: Mutex::default() }
    }

    /// A user's strikes.
    pub fn of(&self, user: &str, now: DateTime<Utc>) -> Strikes {
        let strikes = self.users().get(user).copied().unwrap_or_default();
        strikes.forgotten(now, &self.policy)
    }

    /// Users who cool down, those who wait longest first; of many only these.
    pub fn cooling(&self, now: DateTime<Utc>, most: usize) -> Vec<(String, Strikes)> {
        let users = self.users();
        let cooling = users.iter().filter(|(_, strikes)| strikes.remaining(now).is_some());
        let mut cooling: Vec<_> = cooling.map(|(user, strikes)| (user.clone(), *strikes)).collect();
        drop(users);
        cooling.sort_by(|(one, a), (other, b)| b.until.cmp(&a.until).then_with(|| one.cmp(other)));
        cooling.truncate(most);
        cooling
    }

    /// Counts a verdict. The caller stores [`Turn::struck`] with the judgement and then takes the turn over; until
    /// then this user's strikes do not change otherwise, so that the store and the memory see the same order. None
    /// where nothing changes.
    pub async fn count(&self, user: &str, verdict: Verdict, now: DateTime<Utc>) -> Option<Turn<'_>> {
        self.happened(News { person: user.to_owned(), what: verdict.into(), at: now }).await
    }

    /// Counts what another coordinator has told; as [`Self::count`]. What is told of a time that has not come yet, since clocks
    /// differ, has happened now.
    pub async fn hear(&self, news: News, now: DateTime<Utc>) -> Option<Turn<'_>> {
        self.happened(News { at: news.at.min(now), ..news }).await
    }

    async fn happened(&self, news: News) -> Option<Turn<'_>> {
        self.changed(&news)?;
        let mut turn = self.turn(news).await;
        turn.struck.strikes = self.changed(&turn.struck.news)?;
        Some(turn)
    }

    /// The right to forget a user's strikes: the caller has the store forget them, and then takes the turn over.
    pub async fn forgive(&self, user: &str) -> Turn<'_> {
        self.turn(News { person: user.to_owned(), what: Happened::Forgiven, at: Utc::now() }).await
    }

    /// Forgets users whose latest strike is long ago. Returns how long ago that is, for the store to do the same.
    pub fn forget_old(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.users().retain(|_, strikes| strikes.forgotten(now, &self.policy) != Strikes::default());
        now.checked_sub_signed(chrono::TimeDelta::from_std(self.policy.forget).ok()?)
    }

    async fn turn(&self, news: News) -> Turn<'_> {
        let order = Arc::clone(self.turns().entry(news.person.clone()).or_default());
        let order = Some(order.lock_owned().await);
        Turn { throttle: self, struck: Struck { news, strikes: Strikes::default() }, order }
    }

    /// Nobody has this turn or waits for it: the table need not name it.
    fn forget_turn(&self, user: &str) {
        let mut turns = self.turns();
        if turns.get(user).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            turns.remove(user);
        }
    }

    fn changed(&self, News { person, what, at }: &News) -> Option<Strikes> {
        let before = self.users().get(person).copied().unwrap_or_default();
        Some(before.after(*what, *at, &self.policy)).filter(|after| *after != before)
    }

    fn set(&self, user: &str, strikes: Strikes) {
        let mut users = self.users();
        if strikes == Strikes::default() {
            users.remove(user);
        } else {
            users.insert(user.to_owned(), strikes);
        }
    }

    /// The rules.
    pub fn policy(&self) -> &ThrottleConfig {
        &self.policy
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<String, Arc<tokio::sync::Mutex<()>>>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn users(&self) -> MutexGuard<'_, HashMap<String, Strikes>> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(crate::config::Config::default().throttle, HashMap::new())
    }

    #[tokio::test(start_paused = true)]
    async fn one_users_turn_holds_up_nobody_else() {
        let throttle = throttle();
        let (verdict, now) = (Verdict::TimeLimitExceeded, Utc::now());
        let alice = throttle.count("alice", verdict, now).await.unwrap();
        throttle.count("bob", verdict, now).await.unwrap().take_over();
        let again = tokio::time::timeout(Duration::from_secs(9), throttle.count("alice", verdict, now)).await;
        assert!(again.is_err(), "two turns of one user at a time");
        alice.take_over();
        throttle.count("alice", verdict, now).await.unwrap().take_over();
        assert_eq!((throttle.of("alice", now).in_a_row, throttle.of("bob", now).in_a_row), (2, 1));
        assert!(throttle.turns().is_empty());
    }

    #[tokio::test]
    async fn what_another_coordinator_tells_counts_as_what_was_seen_here() {
        let (throttle, now) = (throttle(), Utc::now());
        let tell = async |what, at| {
            let news = News { person: "alice".into(), what, at };
            throttle.hear(news, now).await.map(Turn::take_over).is_some()
        };
        for _ in 0..4 {
            assert!(tell(Happened::TimedOut, now).await);
        }
        assert_eq!(throttle.of("alice", now).remaining(now), None);
        let ahead = now + chrono::TimeDelta::days(9);
        throttle.count("alice", Verdict::TimeLimitExceeded, now).await.unwrap().take_over();
        assert!(
            !tell(Happened::TimedOut, ahead).await,
            "it cools down, and is not punished by another's clock"
        );
        assert_eq!(throttle.of("alice", now).remaining(now), Some(Duration::from_secs(60)));
        assert!(tell(Happened::Forgiven, now).await && !tell(Happened::Ended, now).await);
        assert_eq!(throttle.of("alice", now), Strikes::default());
    }

    #[tokio::test]
    async fn who_has_had_no_strike_for_long_is_forgotten() {
        let throttle = throttle();
        let now = Utc::now();
        for (user, hours) in [("old", 25), ("new", 1)] {
            let then = now - chrono::TimeDelta::hours(hours);
            throttle.count(user, Verdict::TimeLimitExceeded, then).await.unwrap().take_over();
        }
        assert_eq!(throttle.forget_old(now), Some(now - chrono::TimeDelta::hours(24)));
        assert_eq!(throttle.users().keys().collect::<Vec<_>>(), ["new"]);
    }
}
