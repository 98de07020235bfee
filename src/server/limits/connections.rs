//! Connections: how many one address may have open. `accept` asks before it serves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use super::address::network;

/// Refused connections that are seen off at once; further ones are closed without a word.
const FAREWELLS: usize = 256;

/// How long one that is refused is waited for. It has not said what it wants yet, and closing while that comes in
/// would tell it «reset» instead of our answer (RFC 9112 §9.6).
const FAREWELL: Duration = Duration::from_millis(500);

/// When to come back, in seconds: others of this address must end first.
const RETRY: u64 = 5;

/// The open connections by address.
pub struct Connections {
    per_address: usize,
    /// Everybody comes from these, so they are not counted.
    proxies: Vec<IpAddr>,
    open: Mutex<HashMap<IpAddr, usize>>,
    farewells: Semaphore,
}

/// An open connection's place. Dropping it frees the place.
pub struct Place(Option<(Arc<Connections>, IpAddr)>);

impl Connections {
    /// So many from one address, as many as they like from `proxies`.
    pub fn new(per_address: usize, proxies: &[IpAddr]) -> Arc<Self> {
        let proxies = proxies.iter().map(IpAddr::to_canonical).collect();
        Arc::new(Self { per_address, proxies, open: Mutex::default(), farewells: Semaphore::new(FAREWELLS) })
    }

    /// A place for a connection from this address; `None`: it has as many as it may.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        if self.proxies.contains(&peer.to_canonical()) {
            return Some(Place(None));
        }
        let from = network(peer);
        let mut open = self.open();
        let count = open.entry(from).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        Some(Place(Some((Arc::clone(self), from))))
    }

    /// Tells a connection that was not admitted why, and closes it.
    pub async fn turn_away(&self, mut socket: TcpStream) {
        let Ok(_turn) = self.farewells.try_acquire() else { return };
        let sentence = format!("This address has {} connections open, as many as it may have.\n", self.per_address);
        let answer = format!(
            "HTTP/1.1 429 Too Many Requests\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             retry-after: {RETRY}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n{sentence}",
            sentence.len()
        );
        let farewell = async {
            socket.write_all(answer.as_bytes()).await?;
            socket.shutdown().await?;
            let mut ignored = [0; 1024];
            while socket.read(&mut ignored).await? > 0 {}
            Ok::<_, std::io::Error>(())
        };
        // One that is gone or does not close has been told all the same.
        let _ = tokio::time::timeout(FAREWELL, farewell).await;
    }

    /// What happens under the lock only counts.
    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((connections, from)) = self.0.take() else { return };
        if let Entry::Occupied(mut count) = connections.open().entry(from) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_has_so_many_and_others_have_theirs() {
        let connections = Connections::new(2, &[]);
        let ann = address("192.0.2.1");
        let places = [connections.admit(ann), connections.admit(ann)];
        assert!(places.iter().all(Option::is_some) && connections.admit(ann).is_none());
        assert!(connections.admit(address("192.0.2.2")).is_some());
        drop(places);
        assert!(connections.admit(ann).is_some());
        assert!(connections.open().is_empty(), "nothing is remembered of who is gone");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_a_proxy_not_at_all() {
        let connections = Connections::new(1, &[address("10.0.0.1")]);
        let _place = connections.admit(address("2001:db8::1"));
        assert!(connections.admit(address("2001:db8::2")).is_none());
        assert!(connections.admit(address("2001:db8:0:1::1")).is_some());
        let proxied: Vec<_> = (0..5).map(|_| connections.admit(address("::ffff:10.0.0.1"))).collect();
        assert!(proxied.iter().all(Option::is_some));
    }
}
