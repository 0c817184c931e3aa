//! SQLite's plans, held to their indexes: a statement that walks all rows of a tenant is refused in tests.

use sea_orm::{ConnectionTrait, Statement, Value};

use crate::connect::{Databases, Durability, Options};
use crate::error::{Result, StoreError};
use crate::events::EventPage;
use crate::people::Beside;
use crate::retention::{EventSlice, Owners};
use crate::sql::{Reading, get};
use crate::store::Store;
use zelo_model::{ConsentId, ProfileId, Timestamp};

/// Tables that grow with the number of people.
const LARGE: [&str; 10] = [
    "consent_event",
    "record",
    "profile",
    "membership",
    "identifier",
    "identifier_link",
    "event",
    "message_seen",
    "audit_leaf",
    "handle_index",
];

/// Refuses a statement whose plan scans a large table, or searches it by its tenant alone.
pub(crate) async fn check(db: &Reading<'_>, sql: &str, values: &[Value]) -> Result<()> {
    if db.is_postgres() || !["select", "with"].iter().any(|verb| sql.trim_start().starts_with(verb)) {
        return Ok(());
    }
    let explain = format!("explain query plan {sql}");
    let statement = Statement::from_sql_and_values(db.db.get_database_backend(), explain, values.to_vec());
    for row in db.db.query_all_raw(statement).await? {
        let step: String = get(&row, 3)?;
        let table_of = |alias: &str| {
            let words: Vec<&str> = sql.split_whitespace().collect();
            words.windows(2).find(|pair| pair[1] == alias).map_or(alias.to_owned(), |pair| pair[0].to_owned())
        };
        let mut words = step.split_whitespace();
        let (verb, table) = (words.next().unwrap_or_default(), table_of(words.next().unwrap_or_default()));
        let walks = verb == "SCAN" || step.ends_with("(tenant=?)");
        if walks && LARGE.contains(&table.as_str()) {
            return Err(StoreError::Mismatch(format!("walks all of {table}: {step}\nin {sql}")));
        }
    }
    Ok(())
}

#[tokio::test]
async fn whatever_is_asked_of_people_goes_by_an_index_and_not_through_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let databases = Databases::Sqlite { dir: folder.path().to_owned() };
    let store = Store::open(&Options { databases, reads: Durability::Process }).await.unwrap();
    let rows = store.reading();
    let digests = [[1; 16], [2; 16], [3; 16]];
    rows.links(7, 1, &digests).await.unwrap();
    rows.identifiers(7, 1, &digests).await.unwrap();
    rows.summaries(7, &[1, 2, 3]).await.unwrap();
    rows.members(7, &[1, 2]).await.unwrap();
    rows.bodies(7, &[1, 2]).await.unwrap();
    rows.consents(7, &[1, 2]).await.unwrap();
    rows.consent_proofs(7, &[1, 2], Some(ConsentId([1; 16])), 50).await.unwrap();
    rows.stays(7, &[1, 2]).await.unwrap();
    rows.houses(7, &[1, 2]).await.unwrap();
    for events in [None, Some(EventPage { limit: 50, before: None, bodies: true })] {
        let said = Some(("newsletter".to_owned(), "acme".to_owned()));
        let beside = Beside { bodies: true, events, said };
        rows.profile_by_id(7, ProfileId([1; 16]), &beside).await.unwrap();
        rows.profile_by_surrogate(7, 1, &beside).await.unwrap();
        rows.profile_by_digest(7, 1, [1; 16], &beside).await.unwrap();
    }
    rows.seen(7, &digests).await.unwrap();
    rows.profiles_between(7, 3, 9, 100).await.unwrap();
    rows.newest_profile(7).await.unwrap();
    for (names, idle) in [(vec!["Seen".to_owned(), "Bought".to_owned()], None), (Vec::new(), Some(9))] {
        let (since, before) = (Timestamp::from_micros(0), Timestamp::from_micros(9));
        let slice = EventSlice { names, since, before, idle: idle.map(Timestamp::from_micros) };
        rows.slice_owners(7, &slice, Owners::AllBut(&[1, 2]), 100).await.unwrap();
        rows.count_slice(7, &slice, Owners::Of(&[1, 2])).await.unwrap();
    }
    rows.texts_named(7).await.unwrap();
    rows.profiles_of(7, &[1, 2]).await.unwrap();
    rows.newest_named(7, &[1, 2], &["Bought"]).await.unwrap();
    rows.handles_of(7, 1).await.unwrap();
    rows.entries_of(7, &[zelo_model::Handle([1; 16])], (9, 9), 10).await.unwrap();
    rows.log_entries(7, 0, 0, 256).await.unwrap();
    let living =
        store.write::<usize, StoreError, _>(|tx| Box::pin(async move { tx.living(7, &[1, 2]).await }));
    assert_eq!(living.await.unwrap(), 0);
}
