//! Passwords: argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first.
//!
//! Hashing takes some 20 ms of a core and 19 MiB on purpose, so it runs on blocking threads, as many at once as there
//! are cores, with a short queue before them: a flood of sign-ins is told to come back instead of filling the memory.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::super::store::PasswordHash;
use crate::domain::user::PASSWORD_MAX;

/// Memory in KiB, passes and lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// Sign-ins that may wait for each core; at 20 ms each the last one waits about a second.
const WAITING_PER_CORE: usize = 48;

/// Checked when nobody has the name, so that the answer takes as long as for somebody.
static DECOY: LazyLock<PasswordHash> = LazyLock::new(|| hash("nobody has this password"));

/// Too many sign-ins are waiting.
#[derive(Debug, PartialEq, Eq)]
pub struct Overloaded;

/// Hashes and checks passwords without holding up the server.
pub struct Passwords {
    cores: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Passwords {
    /// One hash at a time per core.
    fn default() -> Self {
        LazyLock::force(&DECOY);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            cores: Arc::new(Semaphore::new(cores)),
            places: Arc::new(Semaphore::new(cores * (WAITING_PER_CORE + 1))),
        }
    }
}

impl Passwords {
    /// Whether the password fits. `None` is never fit, and takes as long to find out.
    pub async fn fits(&self, password: String, stored: Option<PasswordHash>) -> Result<bool, Overloaded> {
        let turn = self.turn().await?;
        Ok(blocking(turn, move || {
            let known = stored.is_some();
            let stored = stored.unwrap_or_else(|| DECOY.clone());
            verify(&password, &stored) && known
        })
        .await)
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: String) -> Result<PasswordHash, Overloaded> {
        let turn = self.turn().await?;
        Ok(blocking(turn, move || hash(&password)).await)
    }

    async fn turn(&self) -> Result<[OwnedSemaphorePermit; 2], Overloaded> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Overloaded)?;
        let core = Arc::clone(&self.cores).acquire_owned().await.expect("the semaphore is never closed");
        Ok([place, core])
    }
}

/// The turn moves into the thread: a caller that goes away does not free the core that is still at work.
async fn blocking<T: Send + 'static>(turn: [OwnedSemaphorePermit; 2], work: impl FnOnce() -> T + Send + 'static) -> T {
    let run = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(run).await.expect("hashing does not panic")
}

/// Hashes on this thread.
pub fn hash(password: &str) -> PasswordHash {
    let hash = argon2().hash_password(password.as_bytes()).expect("the parameters and the salt are in range");
    PasswordHash(hash.to_string())
}

fn verify(password: &str, stored: &PasswordHash) -> bool {
    password.len() <= PASSWORD_MAX && argon2().verify_password(password.as_bytes(), stored.0.as_str()).is_ok()
}

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_fits() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse".into()).await.expect("not busy");
        assert!(stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(passwords.fits("correct horse".into(), Some(stored.clone())).await, Ok(true));
        assert_eq!(passwords.fits("wrong horse".into(), Some(stored)).await, Ok(false));
        assert_eq!(passwords.fits("nobody has this password".into(), None).await, Ok(false));
        assert_eq!(passwords.fits("x".into(), Some(PasswordHash("not a hash".into()))).await, Ok(false));
    }

    #[tokio::test]
    async fn a_flood_is_told_to_come_back() {
        let passwords = Passwords { cores: Arc::new(Semaphore::new(1)), places: Arc::new(Semaphore::new(0)) };
        assert_eq!(passwords.fits("x".into(), None).await, Err(Overloaded));
    }
}
