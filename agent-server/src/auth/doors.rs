//! What guards signing in: failures per address and per unknown name, and how many passwords are looked at at once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::throttle::{Strangers, Throttle};
use crate::api_error::ApiError;

const WINDOW_MS: i64 = 300_000;
/// Addresses and names remembered.
const KEYS: usize = 10_000;
/// Passwords looked at at once; one takes some 20 ms of a core.
const AT_ONCE: usize = 2;
/// Sign-ins waiting for that; more are asked to come back.
const WAITING: usize = 256;

#[derive(Debug)]
pub struct Doors {
    addresses: Mutex<Throttle>,
    strangers: Mutex<Strangers>,
    looking: Semaphore,
    waiting: Semaphore,
}

/// Held while a password is looked at.
pub struct Turn<'a> {
    _waiting: SemaphorePermit<'a>,
    _looking: SemaphorePermit<'a>,
}

impl Doors {
    #[must_use]
    pub fn new(failures_per_address: u32) -> Self {
        Self {
            addresses: Mutex::new(Throttle::new(failures_per_address, WINDOW_MS, KEYS)),
            strangers: Mutex::new(Strangers::new(KEYS)),
            looking: Semaphore::new(AT_ONCE),
            waiting: Semaphore::new(WAITING),
        }
    }

    pub fn addresses(&self) -> MutexGuard<'_, Throttle> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn strangers(&self) -> MutexGuard<'_, Strangers> {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn to look at a password.
    ///
    /// # Errors
    /// [`ApiError::Busy`] where too many wait already.
    pub async fn turn(&self) -> Result<Turn<'_>, ApiError> {
        let waiting = self.waiting.try_acquire().map_err(|_| ApiError::Busy)?;
        let looking = self.looking.acquire().await.map_err(|_| ApiError::Busy)?;
        Ok(Turn { _waiting: waiting, _looking: looking })
    }
}
