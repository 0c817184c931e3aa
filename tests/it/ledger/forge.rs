//! Somebody with both databases and the signing key in hand. Only the anchor is out of reach.

use std::collections::BTreeMap;

use zelo_ledger::{Checkpoint, Origin, Rooted, SigningKey, Tiles, grow};
use zelo_tests::{Engine, Machine, Rows};

const TABLES: [&str; 3] = ["audit_leaf", "audit_tile", "audit_head"];

pub(super) struct Forger {
    engine: Engine,
    rows: Rows,
    key: SigningKey,
    origin: Origin,
    /// The tenant's number in the database.
    tenant: String,
    /// The log's entries.
    pub(super) entries: Vec<String>,
}

impl Forger {
    /// Takes everything in hand, and lifts what stops bugs but not an owner.
    pub(super) async fn of(machine: &Machine, engine: Engine) -> Self {
        let rows = Rows::of(&machine.urls()).await;
        let key = SigningKey::load(&machine.data().join("root/audit.key")).unwrap();
        let tenants = rows.all("tenant").await;
        let demo = tenants.iter().find(|tenant| tenant.text("slug") == "demo").unwrap();
        let id = zelo_model::TenantId(demo.bytes("id16").try_into().unwrap());
        let tenant = demo.text("id").to_owned();
        let of_tenant = rows.all("audit_leaf").await;
        let of_tenant = of_tenant.iter().filter(|row| row.text("tenant") == tenant);
        let entries: BTreeMap<u64, String> =
            of_tenant.map(|row| (row.text("seq").parse().unwrap(), row.text("leaf").to_owned())).collect();
        let forger = Self {
            engine,
            rows,
            key,
            origin: Origin::new("localhost/zelo", id, 0).unwrap(),
            tenant,
            entries: entries.into_values().collect(),
        };
        let triggers: &[&str] = match engine {
            Engine::Sqlite => &["drop trigger audit_leaf_update", "drop trigger audit_leaf_delete"],
            Engine::Postgres => &["drop trigger audit_leaf_stays on audit_leaf"],
        };
        for sql in triggers {
            forger.does(sql).await;
        }
        for table in TABLES {
            forger.does(&format!("create table kept_{table} as select * from {table}")).await;
        }
        forger
    }

    async fn does(&self, sql: &str) -> u64 {
        self.rows.tamper(0, sql).await
    }

    /// Puts everything back.
    pub(super) async fn undo(&self) {
        for table in TABLES {
            self.does(&format!("delete from {table}")).await;
            self.does(&format!("insert into {table} select * from kept_{table}")).await;
        }
    }

    /// What an entry would say if somebody else had looked.
    pub(super) fn edited(&self, seq: usize) -> String {
        self.entries[seq].replace("\"actor\":\"", "\"actor\":\"x")
    }

    /// Puts another text in an entry's place, and nothing else.
    pub(super) async fn edit(&self, seq: usize, leaf: &str) {
        let sql = format!("update audit_leaf set leaf = '{leaf}' where {} and seq = {seq}", self.whose());
        assert_eq!(self.does(&sql).await, 1);
    }

    /// Deletes entries, and nothing else.
    pub(super) async fn delete(&self, which: &str) {
        assert_ne!(self.does(&format!("delete from audit_leaf where {} and {which}", self.whose())).await, 0);
    }

    /// Makes the tree anew for these entries and signs its head with this key.
    pub(super) async fn rebuild(&self, entries: &[String], key: &SigningKey) {
        let growth = grow(0, entries, &Tiles::default()).unwrap();
        let head = Rooted { n: growth.size, root: growth.root };
        let note = key.sign(&Checkpoint { origin: self.origin.clone(), head }).unwrap();
        self.does(&format!("delete from audit_tile where {}", self.whose())).await;
        for (tile, hashes) in growth.tiles {
            let (tenant, hashes) = (&self.tenant, self.blob(&hashes));
            let (level, index) = (tile.level, tile.index);
            self.does(&format!("insert into audit_tile values ({tenant}, 0, {level}, {index}, {hashes})"))
                .await;
        }
        let sql = format!("update audit_head set size = {}, note = '{note}' where {}", head.n, self.whose());
        assert_eq!(self.does(&sql).await, 1);
    }

    /// The same, with the installation's own key, and the entries in the table replaced.
    pub(super) async fn rewrite(&self, entries: &[String]) {
        for (seq, leaf) in entries.iter().enumerate().filter(|(seq, leaf)| self.entries[*seq] != **leaf) {
            self.edit(seq, leaf).await;
        }
        if entries.len() < self.entries.len() {
            self.delete(&format!("seq >= {}", entries.len())).await;
        }
        self.rebuild(entries, &self.key).await;
    }

    fn whose(&self) -> String {
        format!("tenant = {} and epoch = 0", self.tenant)
    }

    fn blob(&self, bytes: &[u8]) -> String {
        let hex = hex::encode(bytes);
        if self.engine == Engine::Sqlite { format!("x'{hex}'") } else { format!("'\\x{hex}'::bytea") }
    }
}
