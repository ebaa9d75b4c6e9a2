//! Who may order: registered diners and the tokens they log in with. Accounts and tokens are in the service's database, so they
//! outlive its process. It knows nothing of orders.

use fake_factory::seed::Seed;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most diners that may register.
const DINERS_MAX: usize = 100_000;

/// A diner who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diner {
    pub(super) id: u64,
    name: String,
    email: String,
}

impl Diner {
    /// As a factory is told.
    pub(super) fn for_the_factory(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "email": self.email })
    }

    /// As the diner is told.
    pub(super) fn user(&self) -> Value {
        json!({ "id": self.id, "name": self.name, "email": self.email, "roles": [{ "role": "diner" }] })
    }
}

/// Why nobody was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// No such diner, or another password.
    Unknown,
    /// The email is another diner's.
    Taken,
    /// No more diners can register.
    Full,
}

/// The registered diners.
#[derive(Debug)]
pub(super) struct Accounts {
    seed: Seed,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_email: BTreeMap<String, (Diner, String)>,
    by_token: BTreeMap<String, Diner>,
}

impl Accounts {
    pub(super) fn new(seed: Seed) -> Self {
        Accounts {
            seed: seed.of("tokens"),
            inner: Mutex::default(),
        }
    }

    /// Registers a diner, or lets in one who registered before with the same password.
    pub(super) fn register(
        &self,
        name: &str,
        email: &str,
        password: &str,
    ) -> Result<(Diner, String), Denied> {
        let mut inner = self.locked();
        match inner.by_email.get(email) {
            Some((diner, known)) if known == password => Ok((diner.clone(), self.token(diner.id))),
            Some(_) => Err(Denied::Taken),
            None if inner.by_email.len() >= DINERS_MAX => Err(Denied::Full),
            None => {
                let diner = Diner {
                    id: inner.by_email.len() as u64 + 1,
                    name: name.to_owned(),
                    email: email.to_owned(),
                };
                let token = self.token(diner.id);
                let entry = (diner.clone(), password.to_owned());
                inner.by_email.insert(email.to_owned(), entry);
                inner.by_token.insert(token.clone(), diner.clone());
                Ok((diner, token))
            }
        }
    }

    pub(super) fn log_in(&self, email: &str, password: &str) -> Result<(Diner, String), Denied> {
        match self.locked().by_email.get(email) {
            Some((diner, known)) if known == password => Ok((diner.clone(), self.token(diner.id))),
            _ => Err(Denied::Unknown),
        }
    }

    pub(super) fn by_token(&self, token: &str) -> Option<Diner> {
        self.locked().by_token.get(token).cloned()
    }

    fn token(&self, id: u64) -> String {
        let seed = self.seed.nth(id);
        format!("{:016x}{:016x}", seed.nth(0).number(), seed.nth(1).number())
    }

    fn locked(&self) -> MutexGuard<'_, Inner> {
        // A diner missing from the second map could log in again.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diner_registers_once_and_logs_in_with_the_password() {
        let accounts = Accounts::new(Seed::new(1));
        let (diner, token) = accounts.register("Ann", "a@x", "pw").expect("registers");
        assert_eq!(
            accounts.log_in("a@x", "pw"),
            Ok((diner.clone(), token.clone()))
        );
        assert_eq!(accounts.by_token(&token), Some(diner));
        assert_eq!(accounts.log_in("a@x", "wp"), Err(Denied::Unknown));
        assert_eq!(accounts.register("Eve", "a@x", "wp"), Err(Denied::Taken));
    }
}
