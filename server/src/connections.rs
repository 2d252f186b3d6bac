//! The connections that clients may have, over HTTP and gRPC together: in all, and from one address. Beyond that a
//! connection ends at once. Who forwards ports for the engine dies of some thousands that wait.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::net::sockopt::{set_socket_send_buffer_size, set_tcp_user_timeout};

use crate::account::{Account, Held, Purpose};
use crate::descriptors::Share;
use crate::network::network;

/// Most of all, whatever memory there is.
const MOST: u64 = 16_384;
/// Most of one address: Docker's forwarder of ports ends at about 7400.
const MOST_OF_ONE: u64 = 4096;
/// What an HTTP connection has of the account, for its buffers.
pub(crate) const HTTP: u64 = 32 * 1024;
/// A connection has its own, one by which it is ended, and that of a file that comes or is handed out on it, or one by which
/// the end of a websocket is seen.
const DESCRIPTORS: u64 = 3;

/// A client that takes nothing of what it is sent for so long is gone, as tcp(7) has it for TCP_USER_TIMEOUT: what is kept
/// for it is others' then.
const TAKES_NOTHING: Duration = Duration::from_secs(60);

/// All connections. Copies are of the same ones.
#[derive(Debug, Clone)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    account: Account,
    most: u64,
    most_of_one: u64,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: u64,
    by_client: HashMap<IpAddr, u64>,
}

/// One that was let in; dropped when it has ended.
#[derive(Debug)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
    /// Its address, or the network that one client has.
    client: IpAddr,
    _held: Held,
}

impl Connections {
    /// As many as there is memory and descriptors for.
    pub fn new(account: &Account) -> Self {
        let memory = account.share(Purpose::Connections) / HTTP;
        Self::of(account, memory.min(Share::Connections.descriptors() / DESCRIPTORS).min(MOST))
    }

    fn of(account: &Account, most: u64) -> Self {
        // One address leaves room for another: so does whoever floods for the one who looks whether the server lives.
        let most_of_one = (most / 4 * 3).clamp(1, MOST_OF_ONE);
        let open = Mutex::default();
        Self(Arc::new(Shared { account: account.clone(), most, most_of_one, open }))
    }

    /// Lets one in that takes so many bytes of memory; none where there are too many.
    pub(crate) fn admit(&self, address: IpAddr, bytes: u64) -> Option<Connection> {
        let client = network(address);
        let held = self.0.account.try_take(Purpose::Connections, bytes).ok()?;
        let mut open = self.0.open();
        let of_one = open.by_client.get(&client).copied().unwrap_or(0);
        if open.all >= self.0.most || of_one >= self.0.most_of_one {
            return None;
        }
        open.all += 1;
        open.by_client.insert(client, of_one + 1);
        drop(open);
        Some(Connection { shared: Arc::clone(&self.0), client, _held: held })
    }
}

impl Shared {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut open = self.shared.open();
        open.all -= 1;
        let left = open.by_client.get(&self.client).map_or(0, |count| count - 1);
        match left {
            0 => drop(open.by_client.remove(&self.client)),
            left => drop(open.by_client.insert(self.client, left)),
        }
    }
}

/// What the kernel keeps of an answer that its client does not take (it doubles that). By default these are megabytes, and
/// all of it is made as fast as it can be, however many clients take nothing of it.
const UNTAKEN: usize = 256 * 1024;

/// Has the kernel keep no more of an answer than is of use.
pub(crate) fn keep_little(connection: impl std::os::fd::AsFd) {
    if let Err(error) = set_socket_send_buffer_size(connection, UNTAKEN) {
        tracing::warn!(%error, "more of an answer is made than its client takes");
    }
}

/// Has a connection end whose client takes nothing for too long.
pub(crate) fn give_up_in_time(connection: impl std::os::fd::AsFd) {
    let patience = u32::try_from(TAKES_NOTHING.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = set_tcp_user_timeout(connection, patience) {
        tracing::warn!(%error, "a connection may stay as long as its client takes nothing");
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use gavel_protocol::Bytes;

    use super::*;

    const ONE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(172, 18, 0, 1));

    #[test]
    fn one_address_leaves_room_for_others_and_all_together_are_bounded() {
        let connections = Connections::of(&Account::new(Bytes::mib(64)), 8);
        let admit = |address| connections.admit(address, HTTP);
        let mut of_one: Vec<_> = (0..6).map(|_| admit(ONE).unwrap()).collect();
        assert!(admit(ONE).is_none());
        assert!(admit("::ffff:127.0.0.1".parse().unwrap()).is_none());
        let of_other: Vec<_> = (0..2).map(|_| admit(OTHER).unwrap()).collect();
        assert!(admit(OTHER).is_none());
        of_one.pop();
        let _third = admit(OTHER).unwrap();
        drop((of_one, of_other));
        assert_eq!(connections.0.open().by_client.len(), 1);
        assert!(admit(ONE).is_some());
    }

    #[test]
    fn a_client_with_a_network_of_addresses_leaves_room_as_one_with_one_does() {
        let connections = Connections::of(&Account::new(Bytes::mib(64)), 8);
        let admit = |address: String| connections.admit(address.parse().unwrap(), HTTP);
        let of_one: Vec<_> = (0..6).map(|host| admit(format!("2001:db8::{host}")).unwrap()).collect();
        assert!(admit("2001:db8::7".into()).is_none());
        let _other = admit("2001:db8:0:1::1".into()).unwrap();
        drop(of_one);
        assert_eq!(connections.0.open().by_client.len(), 1);
    }

    #[test]
    fn connections_are_on_the_account_and_leave_its_floor_to_requests() {
        let account = Account::new(Bytes::mib(16));
        let connections = Connections::of(&account, 1 << 20);
        let mut open = Vec::new();
        while let Some(connection) = connections.admit(ONE, HTTP) {
            open.push(connection);
        }
        // And as many as there are of their floor.
        assert_eq!(open.len() as u64, (account.share(Purpose::Connections) + (1 << 20)) / HTTP);
        account.try_take(Purpose::Requests, HTTP).unwrap();
        drop(open);
        assert_eq!(account.held(), Bytes(0));
    }

    #[test]
    fn who_connects_is_let_in_however_much_requests_and_answers_hold() {
        let account = Account::new(Bytes::mib(16));
        let mut held = Vec::new();
        for purpose in [Purpose::Outputs, Purpose::Requests, Purpose::Kept] {
            held.extend(std::iter::from_fn(|| account.try_take(purpose, HTTP).ok()));
        }
        let connections = Connections::of(&account, 1 << 20);
        let open: Vec<_> = std::iter::from_fn(|| connections.admit(ONE, HTTP)).collect();
        assert_eq!(open.len() as u64, (1 << 20) / HTTP);
        drop((held, open));
        assert_eq!(account.held(), Bytes(0));
    }
}
