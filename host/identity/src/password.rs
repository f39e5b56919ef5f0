//! argon2id, off the async threads, a bounded number at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use regie_core::{Error, ErrorKind, Result};
use tokio::sync::Semaphore;

/// How many may wait for a turn; each takes some tens of milliseconds.
const WAITING: usize = 64;

pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    /// Of a password nobody knows: checked where there is none, so that the time does not tell.
    decoy: String,
}

impl Passwords {
    pub async fn new(at_once: usize) -> Result<Self> {
        let at_once = at_once.max(1);
        let decoy = regie_core::random_hex(16);
        let decoy = blocking(move || hash(&decoy)).await??;
        let (turns, places) = (Semaphore::new(at_once), Semaphore::new(at_once + WAITING));
        Ok(Self { turns: turns.into(), places: places.into(), decoy })
    }

    /// The PHC string to store.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.take_turn(move || hash(&password)).await?
    }

    /// Takes the same time where `stored` is `None`; that is never a match.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let exists = stored.is_some();
        let (password, stored) = (password.to_owned(), stored.unwrap_or(&self.decoy).to_owned());
        let matches = self.take_turn(move || verify(&password, &stored)).await??;
        Ok(matches && exists)
    }

    async fn take_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Err(Error::new(ErrorKind::RateLimited, "too many people are signing in at this moment")
                .hint("try again in a few seconds"));
        };
        let turn = self.turns.clone().acquire_owned().await.map_err(Error::internal)?;
        // The turn goes along: work that was begun goes on when the one who asked has hung up.
        blocking(move || {
            let _held = (place, turn);
            work()
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

fn hash(password: &str) -> Result<String> {
    let hash: PasswordHash =
        Argon2::default().hash_password(password.as_bytes()).map_err(|e| Error::internal(e.to_string()))?;
    Ok(hash.to_string())
}

fn verify(password: &str, stored: &str) -> Result<bool> {
    let stored =
        PasswordHash::new(stored).map_err(|e| Error::internal(format!("a stored password hash: {e}")))?;
    Ok(Argon2::default().verify_password(password.as_bytes(), &stored).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only_and_nothing_matches_no_hash() {
        let passwords = Passwords::new(1).await.unwrap();
        let stored = passwords.hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("wrong horse", Some(&stored)).await.unwrap());
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse").await.unwrap(), "salted");
    }

    #[tokio::test]
    async fn those_who_would_wait_too_long_are_refused() {
        let passwords = Passwords::new(1).await.unwrap();
        let places = passwords.places.acquire_many(1 + WAITING as u32).await.unwrap();
        assert_eq!(passwords.hash("correct horse").await.unwrap_err().kind, ErrorKind::RateLimited);
        drop(places);
        assert!(passwords.hash("correct horse").await.is_ok());
    }
}
