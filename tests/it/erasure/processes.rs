//! Two processes on one PostgreSQL: once an erasure is effective, no process shows anything of the person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use zelo_app::{Error, Lookup};
use zelo_tests::{ANA, BRUNO, Engine, look, try_on};

use super::{assert_forgotten, clara, email, forget};

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_waits_for_whoever_is_being_shown_ana_by_another_process() {
    try_on(Engine::Postgres, async |app| {
        let clara = clara(app).await;
        let other = app.another().await;
        app.send([ANA.identifies(), BRUNO.identifies()]).await;
        let ana = look(&other, &app.davi, email(ANA.email)).await.unwrap();

        // Another process is in the middle of showing her, with her keys in hand.
        let _scenario = fail::FailScenario::setup();
        let inside = Arc::new(AtomicBool::new(false));
        let reached = inside.clone();
        let hold = move || {
            if !reached.swap(true, Ordering::SeqCst) {
                std::thread::sleep(Duration::from_secs(3));
            }
        };
        fail::cfg_callback("passage-holds-keys", hold).unwrap();
        let shown = Arc::new(AtomicBool::new(false));
        let (door, davi, told) = (other.clone(), app.davi.clone(), shown.clone());
        let showing = tokio::spawn(async move {
            let seen = look(&door, &davi, email(ANA.email)).await;
            told.store(true, Ordering::SeqCst);
            seen
        });
        while !inside.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let receipt = forget(app, &clara, ANA.email).await;
        assert!(shown.load(Ordering::SeqCst), "it is effective only after that answer has left");
        assert_eq!((receipt.state.slug(), receipt.profile), ("done", ana.id));
        // It had begun before she was forgotten, so it may have had its answer.
        let seen = showing.await.unwrap();
        assert!(seen.is_ok() || matches!(seen, Err(Error::NotFound)), "{seen:?}");
        let seen = look(&other, &app.davi, Lookup::Id(ana.id)).await;
        assert!(matches!(seen, Err(Error::NotFound)), "{seen:?}");
        look(&other, &app.davi, email(BRUNO.email)).await.unwrap();
        assert_forgotten(app, &clara, ana.id).await;
        assert_eq!(app.rows.count("erasure_ack").await, 0);
        assert_eq!(app.rows.count("node").await, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_processes_forget_people_at_once_and_each_only_once() {
    try_on(Engine::Postgres, async |app| {
        let clara = clara(app).await;
        let other = app.another().await;
        let mut forgetting = tokio::task::JoinSet::new();
        for n in 0..8 {
            let address = format!("private-{n}@example.com");
            let said = zelo_tests::Said::identify(Some(&format!("private-user-{n}")), None);
            app.send([said.with("email", address.clone())]).await;
            let door = if n % 2 == 0 { app.app.clone() } else { other.clone() };
            let clara = clara.clone();
            forgetting
                .spawn(async move { door.erase(&clara, super::request(email(&address))).await.unwrap() });
        }
        let mut numbers: Vec<i64> = forgetting.join_all().await.iter().map(|receipt| receipt.n).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<i64>>());
        app.app.finish_erasures().await.unwrap();
        let rows = app.rows.all("erasure").await;
        assert!(rows.iter().all(|row| row.text("state") == "3"));
        assert_eq!(app.rows.count("owner_key").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_nobody_has_heard_of_for_too_long_shows_nobody_and_holds_up_nothing() {
    try_on(Engine::Postgres, async |app| {
        let clara = clara(app).await;
        app.send([ANA.identifies(), BRUNO.identifies()]).await;
        let other = app.another().await;
        // A third one ended a minute ago without a word.
        app.rows
            .tamper(
                0,
                "insert into node (id16, lease) values ('\\x00112233445566778899aabbccddeeff',
            (extract(epoch from clock_timestamp()) * 1000000)::bigint - 60000000)",
            )
            .await;
        let receipt = forget(app, &clara, ANA.email).await;
        assert_eq!(receipt.state.slug(), "done", "whoever lapsed long ago is not waited for");

        look(&other, &app.davi, email(BRUNO.email)).await.unwrap();
        let _scenario = fail::FailScenario::setup();
        // From here on no process gets through with saying that it lives.
        fail::cfg("lease-renewal", "return").unwrap();
        tokio::time::sleep(Duration::from_secs(11)).await;
        let seen = look(&other, &app.davi, email(BRUNO.email)).await;
        assert!(matches!(seen, Err(Error::Unavailable(_))), "{seen:?}");
        fail::remove("lease-renewal");
        while look(&other, &app.davi, email(BRUNO.email)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
}
