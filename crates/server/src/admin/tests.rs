//! Commands from the word to the answer, in a real, empty folder: alone, and through a server that holds it.

use tempfile::TempDir;

use super::wire::Reply;
use super::*;
use crate::config::Config;
use crate::failure::Failure;
use crate::folder::Folder;
use crate::open;

fn place() -> (TempDir, Config) {
    let temp = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.data.dir = temp.path().join("zelo-data");
    (temp, config)
}

fn acme() -> Command {
    Command::TenantCreate { slug: "acme".to_owned(), controller: "acme-sa".to_owned() }
}

fn key(tenant: Option<&str>, role: &str, source: Option<&str>) -> Command {
    Command::KeyCreate {
        tenant: tenant.map(str::to_owned),
        installation: false,
        name: "first".to_owned(),
        role: role.to_owned(),
        purposes: Vec::new(),
        source: source.map(str::to_owned),
    }
}

fn said(reply: Result<Answer, Failure>) -> String {
    reply.map_or_else(|failure| crate::terminal::sentence(&failure), |answer| answer.text())
}

#[tokio::test]
async fn an_empty_place_is_begun_by_a_tenant_and_by_nothing_else() {
    let (_temp, config) = place();
    assert!(said(perform(&config, Command::TenantList).await).starts_with("there is no Zelo data in "));
    assert!(!config.data.dir.exists());
    assert!(said(perform(&config, acme()).await).starts_with("created tenant acme of controller acme-sa"));
    assert!(said(perform(&config, Command::TenantList).await).contains("acme    acme-sa"));
    assert_eq!(said(perform(&config, acme()).await), "a tenant of this name exists already");
}

#[tokio::test]
async fn a_write_key_is_for_what_its_source_collects_for_and_other_keys_name_their_purposes() {
    let (_temp, config) = place();
    perform(&config, acme()).await.unwrap();
    let source = Command::SourceCreate {
        tenant: None,
        slug: "shop".to_owned(),
        priority: 0,
        collects_for: vec!["customer-service".to_owned()],
        space: None,
    };
    perform(&config, source).await.unwrap();
    let made = perform(&config, key(None, "source", Some("shop"))).await.unwrap();
    assert!(made.json().contains(r#""purposes":["customer-service"]"#) && made.text().starts_with("zelo_"));
    assert!(!format!("{made:?}").contains(made.text().split_whitespace().next().unwrap()));
    assert!(said(perform(&config, key(None, "developer", None)).await).contains("at least one purpose"));
    assert_eq!(said(perform(&config, key(Some("nope"), "developer", None)).await), "there is no tenant nope");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_tenant_that_was_dropped_is_verified_and_copied_by_its_id() {
    let (temp, config) = place();
    perform(&config, acme()).await.unwrap();
    let source = Command::SourceList { tenant: None };
    perform(&config, source).await.unwrap();
    let app = open::app(&config, None).await.unwrap();
    let id = app.operator(Some("acme"), zelo_model::Via::Cli).await.unwrap().tenant.to_string();
    app.drop_tenant("acme").await.unwrap();
    drop(app);
    let verify = |tenant: Option<&str>| Command::AuditVerify {
        tenant: tenant.map(str::to_owned),
        installation: false,
    };
    let all = perform(&config, verify(None)).await.unwrap();
    let line = format!("a dropped tenant ({id}): 1 entry, 1 anchored: verified");
    assert!(all.is_good() && all.text().contains(&line), "{}", all.text());
    assert_eq!(said(perform(&config, verify(Some(&id))).await), line);
    assert_eq!(said(perform(&config, verify(Some("acme"))).await), "there is no tenant acme");
    let folder = temp.path().join("copy");
    let export = |tenant: &str| Command::AuditExport {
        tenant: Some(tenant.to_owned()),
        installation: false,
        folder: folder.clone(),
    };
    assert!(said(perform(&config, export(&id)).await).starts_with("wrote 1 entry of a dropped tenant to "));
    let nobody = format!("ten_{}", "a".repeat(26));
    let refused = said(perform(&config, export(&nobody)).await);
    assert_eq!(refused, format!("no tenant {nobody} was dropped here; one at work goes by its name"));
}

#[tokio::test]
async fn a_command_beside_a_running_server_goes_through_it() {
    let (_temp, config) = place();
    let folder = Folder::hold(&config.data.dir, "zelo serve").unwrap();
    let room = Room::new(open::app(&config, None).await.unwrap(), folder.path());
    let act = move |command| {
        let room = room.clone();
        async move { room.act(command).await as Reply }
    };
    let serving = tokio::spawn(Socket::open(folder.path()).unwrap().serve(act, std::future::pending()));
    perform(&config, acme()).await.unwrap();
    assert_eq!(said(perform(&config, acme()).await), "a tenant of this name exists already");
    assert_eq!(said(perform(&config, Command::SampleDrop).await), "there is no sample tenant");
    serving.abort();
}

#[tokio::test]
async fn the_schedules_are_told_before_they_are_applied_and_with_nobody_there_take_nothing() {
    let (_temp, config) = place();
    perform(&config, acme()).await.unwrap();
    let asked = |schedule: Option<&str>, run| {
        let schedule = schedule.map(str::to_owned);
        perform(&config, Command::Retention { tenant: None, schedule, run })
    };
    let told = asked(None, false).await.unwrap();
    for words in ["browsing", "0 events", "fewer than 5 people", "anonymise"] {
        assert!(told.text().contains(words), "{}", told.text());
    }
    let json: serde_json::Value = serde_json::from_str(&told.json()).unwrap();
    assert_eq!((&json[0]["schedule"], &json[0]["due"]["exactly"]), (&"browsing".into(), &0.into()));
    assert_eq!((&json[1]["counts"], &json[1]["due"]["fewerThan"]), (&"people".into(), &5.into()));
    let done = asked(Some("browsing"), true).await.unwrap();
    assert_eq!(done.json(), r#"[{"schedule":"browsing","events":0,"people":0}]"#);
    assert!(said(asked(Some("no-such"), true).await).contains("there is no such schedule"));
}
