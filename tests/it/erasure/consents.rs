//! What somebody said to purposes goes with them, but for what a law keeps as proof.

use std::path::Path;

use zelo_app::{App, Bundle, Error, RecordConsent, Said as How};
use zelo_model::{Actor, ConsentKind, IdentifierKind, ProfileId};
use zelo_tests::{ANA, BRUNO, TestApp, on_both_databases};

use super::{clara, email, forget, request};

on_both_databases! {
    what_ana_said_goes_with_her_and_what_bruno_said_stays,
    the_proof_of_what_she_said_is_kept_where_a_policy_says_so,
    whoever_says_something_while_they_are_forgotten_leaves_nothing_behind,
}

fn by_telephone() -> How {
    How { channel: "telephone".to_owned(), note: Some("private-note".to_owned()), ..How::default() }
}

async fn says(
    process: &App,
    who: &Actor,
    profile: ProfileId,
    kind: ConsentKind,
    said: How,
) -> Result<(), Error> {
    let purpose = "marketing-email".parse().unwrap();
    process
        .run(who, RecordConsent { profile, purpose: Some(purpose), recipient: None, kind, said })
        .await
        .map(drop)
}

async fn ana_and_bruno(app: &TestApp, clara: &Actor) -> [ProfileId; 2] {
    app.send([ANA.identifies(), BRUNO.identifies()]).await;
    let people = [app.by_user(ANA.user).await.unwrap().id, app.by_user(BRUNO.user).await.unwrap().id];
    for profile in people {
        says(&app.app, clara, profile, ConsentKind::Object, by_telephone()).await.unwrap();
    }
    let hers = How {
        verified: Some((IdentifierKind::Email, None, ANA.email.to_owned())),
        language: Some("pt-BR".to_owned()),
        notice: Some(zelo_tests::notice("newsletter", 1, "pt-BR")),
        ..by_telephone()
    };
    says(&app.app, clara, people[0], ConsentKind::Grant, hers).await.unwrap();
    people
}

async fn what_ana_said_goes_with_her_and_what_bruno_said_stays(app: &TestApp) {
    let clara = clara(app).await;
    let [ana, bruno] = ana_and_bruno(app, &clara).await;
    assert_eq!(app.rows.count("consent_event").await, 3);
    let receipt = forget(app, &clara, ANA.email).await;
    assert!(receipt.kept.is_empty());
    let left = |table| app.rows.count(table);
    assert_eq!((left("consent_event").await, left("record").await, left("owner_key").await), (1, 2, 2));
    let again = says(&app.app, &clara, ana, ConsentKind::Deny, by_telephone()).await;
    assert!(matches!(again, Err(Error::Erased)), "{again:?}");
    says(&app.app, &clara, bruno, ConsentKind::Lift, by_telephone()).await.unwrap();
}

/// The policies that are shipped, and one that keeps proof.
fn keeping_proof() -> Bundle {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies"), folder.path());
    let proof = "label: {pt-BR: \"Prova de consentimento\", en: \"Proof of consent\"}\nground: legal_claims\nlaws:\n  \
                 br: {citation: \"Código de Defesa do Consumidor art. 27\", years: 5}\nattributes: []\nconsents: [channel, \
                 language]\n";
    std::fs::write(folder.path().join("retention/consent-proof.yaml"), proof).unwrap();
    Bundle::load(folder.path()).unwrap()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            std::fs::create_dir(&to).unwrap();
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

async fn the_proof_of_what_she_said_is_kept_where_a_policy_says_so(app: &TestApp) {
    let clara = clara(app).await;
    ana_and_bruno(app, &clara).await;
    let process = app.place.start_under(&app.clock, keeping_proof()).await.unwrap();
    let receipt = process.erase(&clara, request(email(ANA.email))).await.unwrap();
    let told: Vec<(&str, i64, String)> = receipt
        .kept
        .iter()
        .map(|kept| (kept.policy.as_str(), kept.rows, kept.until.to_string()[..10].to_owned()))
        .collect();
    assert_eq!(told, [("consent-proof", 2, "2032-01-01".to_owned())], "her yes and her no");
    assert_eq!(app.rows.count("consent_event").await, 1, "Bruno's");
    assert_eq!(app.rows.count("owner_key").await, 3, "a key for what is kept, and his two");
}

async fn whoever_says_something_while_they_are_forgotten_leaves_nothing_behind(app: &TestApp) {
    let clara = clara(app).await;
    let [ana, _] = ana_and_bruno(app, &clara).await;
    let mut saying = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (process, clara) = (app.app.clone(), clara.clone());
        saying.spawn(async move { says(&process, &clara, ana, ConsentKind::Deny, by_telephone()).await });
    }
    forget(app, &clara, ANA.email).await;
    for outcome in saying.join_all().await {
        assert!(matches!(outcome, Ok(()) | Err(Error::Erased)), "{outcome:?}");
    }
    assert_eq!((app.rows.count("consent_event").await, app.rows.count("record").await), (1, 2), "Bruno's");
}
