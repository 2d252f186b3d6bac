//! How often an address has tried a wrong token.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::network::network;

/// Wrong tokens within a window, after which an address waits for its end.
const ALLOWED: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses that are remembered. Who has more of them than that guesses no faster for it: a token has 16 characters at least.
const MOST: usize = 4096;

/// By address; of the sixth version by network, of which one client has a whole one.
#[derive(Debug, Default)]
pub(super) struct Attempts(HashMap<IpAddr, Failures>);

#[derive(Debug)]
struct Failures {
    count: u32,
    until: DateTime<Utc>,
}

impl Attempts {
    /// What is left of the window in which there were too many.
    pub(super) fn wait(&self, peer: IpAddr, now: DateTime<Utc>) -> Option<Duration> {
        let failures = self.0.get(&network(peer)).filter(|failures| failures.count >= ALLOWED)?;
        (failures.until - now).to_std().ok().filter(|left| !left.is_zero())
    }

    /// Counts one.
    pub(super) fn failed(&mut self, peer: IpAddr, now: DateTime<Utc>) {
        if self.0.len() >= MOST {
            self.0.retain(|_, failures| failures.until > now);
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let failures = self.0.entry(network(peer)).or_insert(Failures { count: 0, until: now + WINDOW });
        if failures.until <= now {
            *failures = Failures { count: 0, until: now + WINDOW };
        }
        failures.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_ten_wrong_tokens_an_address_waits_out_its_minute() {
        let (mut attempts, now) = (Attempts::default(), Utc::now());
        let [one, other, neighbour] =
            ["2001:db8::1", "192.0.2.1", "2001:db8::2"].map(|peer| peer.parse().unwrap());
        for _ in 0..ALLOWED {
            assert_eq!(attempts.wait(one, now), None);
            attempts.failed(one, now);
        }
        let later = now + Duration::from_secs(20);
        assert_eq!(attempts.wait(one, later), Some(Duration::from_secs(40)));
        assert_eq!(attempts.wait(neighbour, later), Some(Duration::from_secs(40)));
        assert_eq!(attempts.wait(other, later), None);
        assert_eq!(attempts.wait(one, now + WINDOW), None);
        attempts.failed(one, now + WINDOW);
        assert_eq!(attempts.wait(one, now + WINDOW), None);
    }

    #[test]
    fn no_more_addresses_are_remembered_than_there_is_room_for() {
        let (mut attempts, now) = (Attempts::default(), Utc::now());
        for number in 0..10_000_u32 {
            attempts.failed(IpAddr::V4((0x0a00_0000 + number).into()), now);
        }
        assert!(attempts.0.len() <= MOST);
    }
}
