//! The plain tables: ours, with values where ours have digests and JSON text where ours have sealed bytes.

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, Statement,
    TransactionTrait as _, Value,
};
use zelo_benches::{EVENTS_EACH, KNOWN, Result, people};
use zelo_model::{IdentifierKind, KnownIdentifier, RecordBody};

const TABLES: [&str; 12] = [
    "create table record (tenant bigint not null, id bigint not null, id16 {blob} not null, source bigint not null,
       kind smallint not null, created bigint not null, last_seen bigint not null, body text not null,
       primary key (tenant, id))",
    "create unique index record_id16 on record (tenant, id16)",
    "create table profile (tenant bigint not null, id bigint not null, id16 {blob} not null,
       state smallint not null, merged_into bigint, created bigint not null, last_seen bigint not null,
       primary key (tenant, id))",
    "create unique index profile_id16 on profile (tenant, id16)",
    "create table membership (tenant bigint not null, record bigint not null, since bigint not null,
       profile bigint not null, until bigint, primary key (tenant, record, since)){clustered}",
    "create unique index membership_open on membership (tenant, record) where until is null",
    "create index membership_profile on membership (tenant, profile)",
    "create table identifier (tenant bigint not null, kind smallint not null, value text not null,
       id bigint not null, primary key (tenant, kind, value)){clustered}",
    "create unique index identifier_id on identifier (tenant, id)",
    "create table identifier_link (tenant bigint not null, identifier bigint not null, record bigint not null,
       is_local_key smallint not null, first_seen bigint not null,
       primary key (tenant, identifier, record)){clustered}",
    "create index identifier_link_record on identifier_link (tenant, record)",
    "create table event (tenant bigint not null, owner bigint not null, id {blob} not null,
       source bigint not null, name text, occurred bigint not null, received bigint not null, body text not null,
       primary key (tenant, owner, id))",
];

/// Makes the tables and everybody in them, unless they are there.
pub(crate) async fn fill(db: &DatabaseConnection) -> Result<()> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    if db.execute_unprepared("select 1 from event limit 1").await.is_ok() {
        return Ok(());
    }
    let (blob, clustered) = if postgres { ("bytea", "") } else { ("blob", " without rowid") };
    let txn = db.begin().await?;
    for table in TABLES {
        txn.execute_unprepared(&table.replace("{blob}", blob).replace("{clustered}", clustered)).await?;
    }
    for n in 0..KNOWN {
        person(&txn, n).await?;
    }
    txn.commit().await?;
    // Both databases plan by statistics; ours has its own. With samples SQLite would plan anew for every value.
    db.execute_unprepared("analyze").await?;
    if !postgres {
        db.execute_unprepared("delete from sqlite_stat4; analyze sqlite_schema").await?;
    }
    Ok(())
}

async fn person(txn: &DatabaseTransaction, n: usize) -> Result<()> {
    let (id, at) = (i64::try_from(n)? * 5 + 1, people::time(n));
    let (user, email, phone) = (people::user_id(n), people::email(n), people::phone(n));
    let micros = at.micros();
    let mut body = RecordBody::default();
    let traits: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&people::traits(n))?;
    for (name, value) in traits {
        body.fold(&name, value, at, n as u64);
    }
    let known = [
        (IdentifierKind::UserId, "main", &user),
        (IdentifierKind::Email, "", &email),
        (IdentifierKind::Phone, "", &phone),
    ];
    for (kind, space, value) in known {
        let (kind, space, value) = (kind.slug().to_owned(), space.to_owned(), value.clone());
        body.note(KnownIdentifier { kind, space, value, first: micros });
    }
    let body = serde_json::to_string(&body)?;
    let id16 = |what: u8| Value::from([&[what; 8][..], &id.to_be_bytes()].concat());
    insert(
        txn,
        "record (tenant, id, id16, source, kind, created, last_seen, body)",
        vec![1.into(), id.into(), id16(1), 1.into(), 0.into(), micros.into(), micros.into(), body.into()],
    )
    .await?;
    let profile = vec![1.into(), (id + 1).into(), id16(2), 0.into(), micros.into(), micros.into()];
    insert(txn, "profile (tenant, id, id16, state, created, last_seen)", profile).await?;
    let membership = vec![1.into(), id.into(), micros.into(), (id + 1).into()];
    insert(txn, "membership (tenant, record, since, profile)", membership).await?;
    let known = [
        (IdentifierKind::UserId, user, 1),
        (IdentifierKind::Email, email, 0),
        (IdentifierKind::Phone, phone, 0),
    ];
    for (node, (kind, value, local)) in (id + 2..).zip(known) {
        let identifier = vec![1.into(), kind.number().into(), value.into(), node.into()];
        insert(txn, "identifier (tenant, kind, value, id)", identifier).await?;
        let link = vec![1.into(), node.into(), id.into(), local.into(), micros.into()];
        insert(txn, "identifier_link (tenant, identifier, record, is_local_key, first_seen)", link).await?;
    }
    for event in 0..EVENTS_EACH {
        let serial = KNOWN + event * KNOWN + n;
        let at = people::time(serial);
        let id16 = [&at.millis().to_be_bytes()[2..], &[0; 2], &serial.to_be_bytes()[..]].concat();
        let (micros, body) = (at.micros(), people::track(n, serial));
        insert(
            txn,
            "event (tenant, owner, id, source, name, occurred, received, body)",
            vec![
                1.into(),
                id.into(),
                id16.into(),
                1.into(),
                "Product Viewed".into(),
                micros.into(),
                micros.into(),
                body.into(),
            ],
        )
        .await?;
    }
    Ok(())
}

async fn insert(txn: &DatabaseTransaction, into: &str, values: Vec<Value>) -> Result<()> {
    let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
    let sql = format!("insert into {into} values ({})", marks.join(","));
    txn.execute_raw(Statement::from_sql_and_values(txn.get_database_backend(), sql, values)).await?;
    Ok(())
}
