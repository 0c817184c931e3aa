//! Several shops send and look people up at once, and remember exactly what they were told.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};
use zelo_tests::{Chance, Client, Told};

/// Connections that work at once.
const SHOPS: u64 = 4;
/// How long a shop waits that was told to try again.
const PATIENCE: Duration = Duration::from_millis(30);

/// What was said and what was promised.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// Batches as sent, and whether a 200 came back.
    pub(super) batches: Vec<(Vec<Value>, bool)>,
    /// E-mail addresses of those whose identification was promised to be stored.
    pub(super) people: Vec<String>,
    /// Answers that showed somebody, by profile id.
    pub(super) shown: BTreeMap<String, u64>,
    /// Look-ups asked for.
    pub(super) asked: u64,
    /// Batches and look-ups that were told to try again.
    pub(crate) refused: u64,
}

/// A load: who sends, for how long, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct Load(Mutex<Claims>);

impl Load {
    pub(crate) fn claims(&self) -> MutexGuard<'_, Claims> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many batches were promised to be stored.
    pub(super) fn promised(&self) -> usize {
        self.claims().batches.iter().filter(|(_, stored)| *stored).count()
    }

    /// All shops at work: until the server is gone, or each has done `most` turns. `meanwhile` runs beside them.
    pub(crate) fn run(&self, client: &Client, seed: u64, most: u64, meanwhile: impl FnOnce()) {
        std::thread::scope(|scope| {
            for shop in 0..SHOPS {
                scope.spawn(move || self.shop(client, seed * SHOPS + shop, most));
            }
            meanwhile();
        });
    }

    fn shop(&self, client: &Client, seed: u64, most: u64) {
        let mut chance = Chance::from(seed);
        for turn in 0..most {
            let (batch, new) = self.batch(&mut chance, &format!("{seed}-{turn}"));
            let told = client.send(&batch);
            if told == Told::NotNow {
                sleep(PATIENCE);
            }
            let mut claims = self.claims();
            claims.batches.push((batch, told == Told::Stored));
            match told {
                Told::Stored => claims.people.extend(new),
                Told::NotNow => claims.refused += 1,
                Told::Nothing => return,
            }
            let known = claims.people.len() as u64;
            let Some(email) = claims.people.get(at(chance.below(known))).cloned() else { continue };
            claims.asked += 1;
            drop(claims);
            match client.look(&email, "id identifiers{value} events(first:3){edges{node{properties}}}") {
                None => return,
                Some(answer) => self.looked(&answer),
            }
        }
    }

    /// Notes who was shown. Whoever was promised to be stored is there, or the look-up was refused.
    fn looked(&self, answer: &Value) {
        let mut claims = self.claims();
        match answer["data"]["profileByIdentifier"]["id"].as_str() {
            Some(id) => *claims.shown.entry(id.to_owned()).or_default() += 1,
            None if answer["errors"].is_array() => claims.refused += 1,
            None => panic!("somebody who was stored is not there: {answer}"),
        }
    }

    /// Some people who are new, with what they did, and some who are known.
    fn batch(&self, chance: &mut Chance, mark: &str) -> (Vec<Value>, Vec<String>) {
        let (mut batch, mut new) = (Vec::new(), Vec::new());
        for n in 0..=chance.below(3) {
            let email = format!("{mark}-{n}@example.com");
            batch.push(json!({
                "type": "identify", "userId": email, "messageId": format!("private-{mark}-{n}"),
                "traits": {"email": email, "name": format!("Ana {mark}")},
            }));
            batch.push(does(&email, &format!("private-{mark}-{n}-first")));
            new.push(email);
        }
        let claims = self.claims();
        for n in 0..chance.below(4) {
            if let Some(email) = claims.people.get(at(chance.below(claims.people.len() as u64))) {
                batch.push(does(email, &format!("private-{mark}-{n}-again")));
            }
        }
        (batch, new)
    }
}

impl Claims {
    /// The `messageId`s of events, by whether they were promised to be stored; with their person's address.
    pub(super) fn events(&self, promised: bool) -> BTreeMap<&str, &str> {
        let batches = self.batches.iter().filter(|(_, stored)| *stored == promised);
        let tracks = batches.flat_map(|(batch, _)| batch).filter(|item| item["type"] == "track");
        tracks.filter_map(|item| Some((item["messageId"].as_str()?, item["userId"].as_str()?))).collect()
    }
}

fn does(email: &str, message: &str) -> Value {
    json!({
        "type": "track", "event": "Order Completed", "userId": email, "messageId": message,
        "properties": {"note": "a".repeat(200)},
    })
}

fn at(n: u64) -> usize {
    usize::try_from(n).unwrap()
}
