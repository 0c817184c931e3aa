//! A passage that does not end by itself is ended, and leaves nothing.

use std::future::pending;
use std::time::Duration;

use zelo_ledger::Class;
use zelo_model::{FixedClock, SeededIds, TenantId, Via};
use zelo_plan::Plan;
use zelo_policy::{Bundle, Target};
use zelo_store::{Databases, Durability, KeysInForce, Options, TenantRow, TenantState};

use super::*;
use crate::operation::Listed;
use crate::signing::AuditSetup;
use crate::start::{RootKey, Setup};

async fn open(folder: &std::path::Path) -> App {
    let policy = Bundle::embedded().unwrap();
    let setup = Setup {
        store: Options {
            databases: Databases::Sqlite { dir: folder.to_owned() },
            reads: Durability::Process,
        },
        root: RootKey::File(folder.join("root")),
        audit: AuditSetup {
            key: folder.join("audit.key"),
            anchor: folder.join("anchor.log"),
            origin: "zelo.example.com/audit".to_owned(),
        },
        plan: Plan::embedded(&policy).unwrap(),
        policy,
        clock: Arc::new(FixedClock(Timestamp::from_micros(1_767_225_600_000_000))),
        ids: Arc::new(SeededIds::default()),
    };
    Box::pin(App::open(setup)).await.unwrap()
}

/// Creates a tenant and, unless it is told to end, waits for ever behind that.
struct Clumsy {
    ends: bool,
}

impl Listed for Clumsy {}

impl Operation for Clumsy {
    const NAME: &'static str = "tenant.create";
    const CLASS: Class = Class::Admin;
    const TARGET: Target = Target::Installation;
    const LONGEST: Duration = Duration::from_millis(200);
    type Access = Write;
    type Ready = ();
    type Output = ();

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Write>) -> Result<()> {
        let row = TenantRow {
            id: 7,
            id16: TenantId([7; 16]),
            slug: "bakery".to_owned(),
            controller: "acme-sa".to_owned(),
            sample: false,
            state: TenantState::Active,
            created: tx.now,
            keys: KeysInForce::default(),
        };
        tx.rows.insert_tenant(&row).await?;
        if self.ends { Ok(()) } else { pending().await }
    }
}

#[tokio::test]
async fn a_write_that_hangs_is_rolled_back_and_brunos_behind_it_gets_his_turn() {
    let folder = tempfile::tempdir().unwrap();
    let app = open(folder.path()).await;
    let operator = app.operator(None, Via::Cli).await.unwrap();
    let hung = app.run(&operator, Clumsy { ends: false });
    let (hung, other) = tokio::join!(hung, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        app.run(&operator, Clumsy { ends: true }).await
    });
    assert!(matches!(hung, Err(Error::Unavailable(_))), "{hung:?}");
    assert!(other.is_ok(), "its row is not in the way: {other:?}");
}
