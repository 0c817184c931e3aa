//! The cast. Ana and Bruno are customers, Clara is the privacy officer, Davi the developer.

use zelo_model::Timestamp;

use crate::{Said, noon};

/// Somebody, with everything we ever say about them.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// How the shop knows them.
    pub user: &'static str,
    /// How the shop knows their browser.
    pub device: &'static str,
    /// Their address.
    pub email: &'static str,
    /// Their name.
    pub name: &'static str,
    /// Where they live.
    pub city: &'static str,
}

/// A customer from Recife.
pub const ANA: Person = Person {
    user: "user-of-ana",
    device: "browser-of-ana",
    email: "ana@example.com",
    name: "Ana Encarnação",
    city: "Recife-PE",
};

/// A customer from Porto.
pub const BRUNO: Person = Person {
    user: "user-of-bruno",
    device: "browser-of-bruno",
    email: "bruno@example.com",
    name: "Bruno Araújo",
    city: "Porto-PT",
};

/// The privacy officer.
pub const CLARA: Person = Person {
    user: "user-of-clara",
    device: "browser-of-clara",
    email: "clara@example.com",
    name: "Clara Nóbrega",
    city: "Olinda-PE",
};

/// The developer.
pub const DAVI: Person = Person {
    user: "user-of-davi",
    device: "browser-of-davi",
    email: "davi@example.com",
    name: "Davi Simões",
    city: "Braga-PT",
};

/// What must be found nowhere but under seal. Values that tests make up for somebody begin with one of these.
pub const PERSONAL: &[&str] = &[
    "user-of-",
    "browser-of-",
    "ana@",
    "bruno@",
    "clara@",
    "davi@",
    "Encarna",
    "Araújo",
    "Nóbrega",
    "Simões",
    "Recife-PE",
    "Porto-PT",
    "Olinda-PE",
    "Braga-PT",
    "private-",
];

impl Person {
    /// Signs in: user, browser, e-mail and name.
    pub fn identifies(&self) -> Said {
        Said::identify(Some(self.user), Some(self.device)).with("email", self.email).with("name", self.name)
    }

    /// Signs in on no known browser.
    pub fn signs_in(&self) -> Said {
        Said::identify(Some(self.user), None).with("email", self.email)
    }

    /// Does something while signed in.
    pub fn does(&self, event: &str) -> Said {
        Said::track(event, Some(self.user), Some(self.device)).with("note", format!("private-{}", self.user))
    }

    /// Looks around without signing in.
    pub fn browses(&self, event: &str) -> Said {
        Said::track(event, None, Some(self.device)).with("note", format!("private-{}", self.device))
    }

    /// The person's own clock: seconds before noon.
    pub fn minutes_before_noon(minutes: i64) -> Timestamp {
        noon().plus(-60 * Timestamp::SECOND * minutes)
    }
}
