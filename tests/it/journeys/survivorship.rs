//! When sources disagree, one value is shown, and from whom.

use zelo_app::ProfileView;
use zelo_model::Timestamp;
use zelo_tests::{ANA, Said, TestApp, noon, on_both_databases};

on_both_databases! {
    the_source_of_higher_priority_is_believed,
    between_equals_the_later_word_is_believed,
    what_was_said_earlier_changes_nothing_when_it_arrives_late,
    a_value_taken_back_is_gone,
}

fn city(name: &str, minutes: i64) -> Said {
    let at = noon().plus(minutes * 60 * Timestamp::SECOND);
    Said::identify(Some(ANA.user), None).with("city", format!("private-{name}")).at(Some(at))
}

async fn shown(app: &TestApp) -> (String, String) {
    let ana: ProfileView = app.by_user(ANA.user).await.unwrap();
    let attributes = ana.attributes.unwrap();
    let city = attributes.iter().find(|one| one.name == "city").unwrap();
    (city.value.shown().unwrap().as_str().unwrap_or_default().to_owned(), city.source.clone())
}

fn said(city: &str, source: &str) -> (String, String) {
    (format!("private-{city}"), source.to_owned())
}

async fn the_source_of_higher_priority_is_believed(app: &TestApp) {
    let crm = app.source("crm", 20).await;
    app.send_as(&crm, [city("Olinda", -90)]).await.unwrap();
    app.send([city("Recife", -1)]).await;
    assert_eq!(app.rows.count("profile").await, 1, "one id space, one Ana");
    assert_eq!(shown(app).await, said("Olinda", "crm"), "though the shop spoke later");
}

async fn between_equals_the_later_word_is_believed(app: &TestApp) {
    let crm = app.source("crm", 10).await;
    app.send_as(&crm, [city("Olinda", -5)]).await.unwrap();
    app.send([city("Recife", -90)]).await;
    assert_eq!(shown(app).await, said("Olinda", "crm"));
    app.send([city("Natal", -1)]).await;
    assert_eq!(shown(app).await, said("Natal", "shop"));
}

async fn what_was_said_earlier_changes_nothing_when_it_arrives_late(app: &TestApp) {
    app.send([city("Recife", -5)]).await;
    app.send([city("Olinda", -50)]).await;
    app.send([city("Natal", -4), city("Caruaru", -30)]).await;
    assert_eq!(shown(app).await, said("Natal", "shop"));
}

async fn a_value_taken_back_is_gone(app: &TestApp) {
    app.send([city("Recife", -5)]).await;
    let silent = Said::identify(Some(ANA.user), None).with("city", serde_json::Value::Null);
    app.send([silent.at(Some(noon()))]).await;
    let attributes = app.by_user(ANA.user).await.unwrap().attributes.unwrap();
    let city = attributes.iter().find(|one| one.name == "city");
    assert!(city.is_none_or(|city| city.value.shown().unwrap().is_null()));
}
