//! The cast, the test app, and the two databases every sentence about people is tried on.
//!
//! A test is a function over [`TestApp`]; [`on_both_databases!`] makes two tests of it. Whatever the function did,
//! [`TestApp::check`] runs behind it: no log, column or audit entry may hold anything of the cast.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "what fails here fails the test")]

mod app;
mod cast;
mod chance;
mod check;
mod client;
mod cluster;
mod encoded;
mod export;
mod faulty;
mod logs;
mod machine;
mod notices;
mod ports;
mod rows;
mod said;
mod schema;
mod server;

pub use app::{Place, TestApp, credential, look, tenant};
pub use cast::{ANA, BRUNO, CLARA, DAVI, PERSONAL, Person};
pub use chance::Chance;
pub use client::{Client, Told};
pub use cluster::Cluster;
pub use encoded::{Encoded, percent};
pub use export::export;
pub use faulty::{Fault, Faulty};
pub use logs::captured;
pub use machine::{Machine, Running};
pub use notices::{notice, sha256};
pub use ports::{HandClock, NumberedIds, noon};
pub use rows::{Row, Rows, columns};
pub use said::Said;
pub use server::{Answer, Server, program};
pub use zelo_policy::Engine;

/// Tries a sentence on a fresh installation, then checks what must hold after any of them.
pub async fn try_on(engine: Engine, sentence: impl AsyncFnOnce(&TestApp)) {
    let app = TestApp::on(engine).await;
    sentence(&app).await;
    app.check().await;
}

/// Makes two tests of each sentence, `name::on_sqlite` and `name::on_postgres`.
#[macro_export]
macro_rules! on_both_databases {
    ($($sentence:ident),* $(,)?) => {$(
        mod $sentence {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                $crate::try_on($crate::Engine::Sqlite, super::$sentence).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                $crate::try_on($crate::Engine::Postgres, super::$sentence).await;
            }
        }
    )*};
}
