//! Everybody at once.

use zelo_app::{Batch, IntakeBatch, Lookup};
use zelo_model::IdentifierKind;
use zelo_tests::{ANA, Said, TestApp, look, on_both_databases};

on_both_databases! {
    sixteen_batches_about_ana_at_once_make_one_ana,
    sixteen_retries_at_once_count_once,
    a_hundred_strangers_at_once_are_a_hundred,
    two_people_who_sign_in_at_once_on_one_tablet_stay_two,
    nobody_is_left_in_a_profile_that_is_merged_away,
    a_batch_of_hundreds_is_taken_in_whole,
    the_log_grows_while_everybody_sends_and_reads,
}

/// Sends every batch at the same time and answers how many events were new.
async fn at_once(app: &TestApp, batches: Vec<Vec<Said>>) -> u64 {
    let mut sending = tokio::task::JoinSet::new();
    for batch in batches {
        let (app, shop) = (app.app.clone(), app.shop.clone());
        let items = batch.iter().map(Said::incoming).collect();
        sending.spawn(async move {
            app.run(&shop, IntakeBatch { batch: Batch { items, ..Batch::default() } }).await
        });
    }
    let receipts = sending.join_all().await;
    receipts.into_iter().map(|receipt| receipt.unwrap().new_events).sum()
}

async fn sixteen_batches_about_ana_at_once_make_one_ana(app: &TestApp) {
    let batch = |n: i64| {
        let said = ANA.identifies().with(&format!("trait{n}"), n);
        vec![ANA.browses("Product Viewed"), said, ANA.does("Order Completed")]
    };
    assert_eq!(at_once(app, (0..16).map(batch).collect()).await, 32);
    assert_eq!(app.rows.all("profile").await.iter().filter(|row| row.text("state") == "0").count(), 1);
    let ana = app.by_email(ANA.email).await.unwrap();
    assert_eq!(ana.events.unwrap().shown().unwrap().events.len(), 32);
    assert_eq!(ana.attributes.unwrap().len(), 18, "nobody's word was lost");
}

async fn sixteen_retries_at_once_count_once(app: &TestApp) {
    let batch = vec![ANA.identifies(), ANA.does("Order Completed"), ANA.does("Order Paid").at(None)];
    assert_eq!(at_once(app, vec![batch; 16]).await, 2);
    assert_eq!((app.rows.count("event").await, app.rows.count("record").await), (2, 1));
}

async fn a_hundred_strangers_at_once_are_a_hundred(app: &TestApp) {
    let stranger = |n| {
        let user = format!("private-stranger-{n}");
        vec![Said::identify(Some(&user), None), Said::track("Signed Up", Some(&user), None)]
    };
    assert_eq!(at_once(app, (0..100).map(stranger).collect()).await, 100);
    assert_eq!((app.rows.count("profile").await, app.rows.count("owner_key").await), (100, 100));
}

async fn two_people_who_sign_in_at_once_on_one_tablet_stay_two(app: &TestApp) {
    for n in 0..10 {
        let (device, email) = (format!("browser-of-house-{n}"), format!("private-house-{n}@example.com"));
        app.send([Said::identify(None, Some(&device)).with("email", email.clone())]).await;
        let (ana, bruno) = (format!("user-of-ana-{n}"), format!("user-of-bruno-{n}"));
        let by_device = Said::identify(Some(&ana), Some(&device));
        let by_email = Said::identify(Some(&bruno), None).with("email", email);
        at_once(app, vec![vec![by_device], vec![by_email]]).await;
        let (ana, bruno) = (app.by_user(&ana).await.unwrap(), app.by_user(&bruno).await.unwrap());
        assert_ne!(ana.id, bruno.id, "one profile holds two user ids");
    }
}

async fn nobody_is_left_in_a_profile_that_is_merged_away(app: &TestApp) {
    for n in 0..20 {
        let (user, device) = (format!("user-of-ana-{n}"), format!("browser-of-ana-{n}"));
        let (other, email) = (format!("browser-of-ana-too-{n}"), format!("private-ana-{n}@example.com"));
        app.send([Said::identify(Some(&user), None)]).await;
        app.send([Said::identify(None, Some(&device)).with("email", email.clone())]).await;
        let merges = Said::identify(Some(&user), Some(&device));
        let joins = Said::identify(None, Some(&other)).with("email", email);
        at_once(app, vec![vec![merges], vec![joins]]).await;
        app.send([Said::track("Order Completed", None, Some(&other))]).await;
    }
    let open = app.rows.all("membership").await;
    let profiles = app.rows.all("profile").await;
    for row in open.iter().filter(|row| row.text("until").is_empty()) {
        let home = profiles.iter().find(|profile| profile.text("id") == row.text("profile")).unwrap();
        assert_eq!(home.text("state"), "0", "a record was left in a profile that is gone");
    }
}

async fn a_batch_of_hundreds_is_taken_in_whole(app: &TestApp) {
    let many = (0..333).flat_map(|n| {
        let user = format!("private-stranger-{n}");
        let identify = Said::identify(Some(&user), None).with("email", format!("private-{n}@example.com"));
        [identify, Said::track("Signed Up", Some(&user), None), Said::track("Welcomed", Some(&user), None)]
    });
    let many: Vec<Said> = many.collect();
    let receipt = app.send(many.clone()).await;
    assert_eq!((receipt.accepted, receipt.new_events), (999, 666));
    assert_eq!(app.send(many).await.new_events, 0);
    assert_eq!((app.rows.count("profile").await, app.rows.count("identifier").await), (333, 666));
    assert_eq!(
        app.by_email("private-332@example.com").await.unwrap().events.unwrap().shown().unwrap().events.len(),
        2
    );
}

async fn the_log_grows_while_everybody_sends_and_reads(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let before = app.entries().await.len();
    let (door, davi) = (app.app.clone(), app.davi.clone());
    let sequencing = tokio::spawn(async move {
        for _ in 0..40 {
            door.sequence().await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    });
    let reading = tokio::spawn({
        let door = app.app.clone();
        async move {
            for _ in 0..40 {
                let lookup = Lookup::Identifier {
                    kind: IdentifierKind::UserId,
                    space: None,
                    value: ANA.user.to_owned(),
                };
                look(&door, &davi, lookup).await.unwrap();
            }
        }
    });
    let batch = |n: i64| vec![ANA.identifies().with(&format!("trait{n}"), n), ANA.does("Order Completed")];
    at_once(app, (0..64).map(batch).collect()).await;
    reading.await.unwrap();
    sequencing.await.unwrap();
    assert_eq!(app.entries().await.len(), before + 64 + 40, "one entry for each passage");
}
