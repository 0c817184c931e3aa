//! What must hold after any sentence: nothing of the cast outside a seal, and entries that can go into the log.

use zelo_app::{ListTenants, VerifyLog};
use zelo_model::Via;

use crate::{PERSONAL, TestApp, captured};

impl TestApp {
    /// Checks logs, columns and entries.
    pub async fn check(&self) {
        silent("the log", &captured());
        for (table, column) in self.rows.names().await {
            for row in self.rows.all(&table).await {
                silent(&format!("{table}.{column}"), row.bytes(&column));
            }
        }
        for leaf in self.entries().await {
            let value: serde_json::Value = serde_json::from_str(&leaf).unwrap();
            let canonical = serde_json_canonicalizer::to_string(&value).unwrap();
            assert_eq!(leaf, canonical, "an entry is not in canonical form (RFC 8785)");
        }
        // Unless the sentence was about a database that is gone.
        if self.rows.count("tenant").await > 0 && self.rows.count("kek").await > 0 {
            self.verify_logs().await;
        }
    }

    /// Gives every entry its place, then verifies the log of the installation and of each tenant, dropped ones too.
    pub async fn verify_logs(&self) {
        let before = self.entries().await;
        while self.app.sequence().await.unwrap().entries > 0 {}
        assert_eq!(
            self.rows.count("pending_write_leaf").await + self.rows.count("pending_read_leaf").await,
            0
        );
        let mut after = self.entries().await;
        after.retain(|entry| before.contains(entry));
        assert_eq!(after.len(), before.len(), "an entry was lost or doubled on its way into the log");
        let installation = self.app.operator(None, Via::Cli).await.unwrap();
        let tenants = self.app.run(&installation, ListTenants { dropped: false }).await.unwrap();
        let dropped = self.app.run(&installation, ListTenants { dropped: true }).await.unwrap();
        let mut logs: Vec<_> = dropped.into_iter().map(|tenant| (installation.clone(), tenant.id)).collect();
        logs.push((installation.clone(), installation.tenant));
        for tenant in tenants {
            logs.push((self.app.operator(Some(&tenant.slug), Via::Cli).await.unwrap(), tenant.id));
        }
        for (operator, tenant) in logs {
            let report = self.app.run(&operator, VerifyLog { tenant }).await.unwrap();
            assert!(report.is_sound() && report.entries > 0, "{report:?}");
        }
    }

    /// All entries: those in the log and those that wait for the sequencer.
    pub async fn entries(&self) -> Vec<String> {
        let mut entries = Vec::new();
        for table in ["pending_read_leaf", "pending_write_leaf", "audit_leaf"] {
            entries.extend(self.rows.all(table).await.iter().map(|row| row.text("leaf").to_owned()));
        }
        entries
    }
}

fn silent(place: &str, bytes: &[u8]) {
    for personal in PERSONAL {
        let found = bytes.windows(personal.len()).position(|window| window == personal.as_bytes());
        if let Some(at) = found {
            let around = &bytes[at.saturating_sub(120)..bytes.len().min(at + 120)];
            panic!("`{personal}` stands in {place}: …{}…", String::from_utf8_lossy(around));
        }
    }
}
