//! Sessions of the web page: what a browser sends stands for a token that was pasted once. They are in memory alone, so a
//! restart ends all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

mod attempts;

use attempts::Attempts;

/// At one time, in all and of one token. Whoever signs in beyond that ends the session, of those, that was to end first.
const MOST: usize = 4096;
const OF_ONE: usize = 256;

/// All of them.
#[derive(Debug)]
pub(crate) struct Sessions {
    lifetime: Duration,
    /// By the digest of what the browser sends: looking one up takes a time that tells nothing of it.
    open: Mutex<HashMap<blake3::Hash, Kept>>,
    attempts: Mutex<Attempts>,
}

/// What somebody who has signed in sends stands for this.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The token that was shown.
    pub(crate) token: Arc<str>,
    /// When it ends by itself.
    pub(crate) ends: DateTime<Utc>,
    /// It was ended before.
    pub(crate) closed: CancellationToken,
}

/// One that is there. What is open for whoever came with it ends with it.
#[derive(Debug)]
struct Kept(Session);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.closed.cancel();
    }
}

/// What a browser is given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// What it sends from now on.
    pub(crate) secret: String,
    /// When that is of no more use.
    pub(crate) ends: DateTime<Utc>,
}

impl Sessions {
    /// Of this length.
    pub(crate) fn new(lifetime: Duration) -> Self {
        Self { lifetime, open: Mutex::default(), attempts: Mutex::default() }
    }

    /// Begins one that stands for a token, which the caller has found right.
    pub(crate) fn open(&self, token: &str, now: DateTime<Utc>) -> Opened {
        // Two of the generator's: 244 random bits.
        let secret = [Uuid::new_v4(), Uuid::new_v4()].map(|part| part.simple().to_string()).concat();
        let opened = Opened { secret, ends: now + self.lifetime };
        let mut open = self.all();
        open.retain(|_, kept| kept.0.ends > now);
        if open.values().filter(|kept| &*kept.0.token == token).count() >= OF_ONE {
            end_first(&mut open, |session| &*session.token == token);
        } else if open.len() >= MOST {
            end_first(&mut open, |_| true);
        }
        let closed = CancellationToken::new();
        let session = Session { token: token.into(), ends: opened.ends, closed };
        open.insert(digest(&opened.secret), Kept(session));
        opened
    }

    /// What this stands for.
    pub(crate) fn find(&self, secret: &str, now: DateTime<Utc>) -> Option<Session> {
        let session = self.all().get(&digest(secret)).map(|kept| kept.0.clone())?;
        (session.ends > now).then_some(session)
    }

    /// Ends one.
    pub(crate) fn close(&self, secret: &str) {
        self.all().remove(&digest(secret));
    }

    /// How long somebody at this address must wait before trying a token, after too many wrong ones.
    pub(crate) fn wait(&self, peer: IpAddr, now: DateTime<Utc>) -> Option<Duration> {
        self.tried().wait(peer, now)
    }

    /// Somebody at this address has tried a wrong one.
    pub(crate) fn failed(&self, peer: IpAddr, now: DateTime<Utc>) {
        self.tried().failed(peer, now);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<blake3::Hash, Kept>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tried(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the one of these that was to end first.
fn end_first(open: &mut HashMap<blake3::Hash, Kept>, among: impl Fn(&Session) -> bool) {
    let ends = open.iter().filter(|(_, kept)| among(&kept.0));
    let first = ends.min_by_key(|(_, kept)| kept.0.ends).map(|(digest, _)| *digest);
    first.and_then(|digest| open.remove(&digest));
}

fn digest(secret: &str) -> blake3::Hash {
    blake3::hash(secret.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_session_stands_for_its_token_until_it_is_closed_or_its_time_is_over() {
        let (sessions, now) = (Sessions::new(HOUR), Utc::now());
        let [one, other] = [sessions.open("one", now), sessions.open("other", now)];
        let token =
            |opened: &Opened, at| sessions.find(&opened.secret, at).map(|found| found.token.to_string());
        assert_eq!(token(&one, now).as_deref(), Some("one"));
        assert_eq!(token(&other, now + Duration::from_secs(3599)).as_deref(), Some("other"));
        assert_eq!(token(&other, now + HOUR), None);
        let found = sessions.find(&one.secret, now).unwrap();
        assert!(!found.closed.is_cancelled());
        sessions.close(&one.secret);
        assert!(found.closed.is_cancelled(), "what is open with it is told");
        assert_eq!(token(&one, now), None);
        assert!(sessions.find("guessed", now).is_none());
    }

    #[test]
    fn there_are_never_more_than_so_many_and_the_oldest_goes_first() {
        let (sessions, now) = (Sessions::new(HOUR), Utc::now());
        let first = sessions.open("first", now);
        let second = sessions.open("second", now + Duration::from_secs(1));
        for number in 0..MOST - 1 {
            sessions.open(&number.to_string(), now + Duration::from_secs(2));
        }
        assert_eq!(sessions.all().len(), MOST);
        assert!(sessions.find(&first.secret, now).is_none());
        assert!(sessions.find(&second.secret, now).is_some());
    }

    #[test]
    fn one_token_ends_its_own_sessions_and_nobody_elses() {
        let (sessions, now) = (Sessions::new(HOUR), Utc::now());
        let of_another = sessions.open("operator", now);
        let own = sessions.open("metrics", now);
        for _ in 0..MOST {
            sessions.open("metrics", now + Duration::from_secs(1));
        }
        assert_eq!(sessions.all().len(), OF_ONE + 1);
        assert!(sessions.find(&of_another.secret, now).is_some());
        assert!(sessions.find(&own.secret, now).is_none());
    }
}
