//! Clara and Elisa, officers of the whole installation, change a policy together: one proposes, the other one decides, and
//! what they agreed on is in force in every process.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use zelo_app::{
    App, ApprovePolicies, Bundle, ChangeOf, ChangeView, CheckPolicies, CreateCredential, Edits, Error,
    GetProfile, ListChanges, Lookup, ProposePolicies, ReachOf, ReachPolicies, ReadChange, RecordConsent,
    RejectPolicies, Said as How, Tally, Wants,
};
use zelo_model::{Actor, ChangeState, ConsentKind, IdentifierKind, Role, Via};
use zelo_tests::{
    ANA, BRUNO, CLARA, Cluster, DAVI, Engine, Machine, Said, TestApp, captured, notice, on_both_databases,
};

on_both_databases! {
    nobody_changes_a_policy_alone,
    what_is_wrong_is_said_by_file_and_line_and_nothing_is_proposed,
    of_two_changes_that_begin_from_the_same_policies_one_is_approved,
    how_many_people_it_reaches_is_told_before,
    what_was_agreed_on_outlives_the_process_until_the_folder_says_something_else,
    who_has_no_key_of_the_installation_changes_nothing,
    a_text_somebody_agreed_to_is_missed_at_the_start,
}

const SERVICE: &str = "purposes/customer-service.yaml";

/// An officer with a key of the installation.
async fn officer(app: &App, name: &str) -> Actor {
    let operator = app.operator(None, Via::Cli).await.unwrap();
    let purposes = vec!["administration".parse().unwrap()];
    let key = CreateCredential { name: name.to_owned(), role: Role::Officer, purposes, source: None };
    let key = app.run(&operator, key).await.unwrap();
    app.authenticate(&key.secret).await.unwrap().actor(None, Via::GraphQl).unwrap()
}

fn text(bundle: &Bundle, path: &str) -> String {
    let file = bundle.files().find(|(name, _)| *name == path);
    String::from_utf8(file.unwrap().1.to_vec()).unwrap()
}

/// The file of a policy with some words replaced.
fn edit(app: &App, path: &str, from: &str, to: &str) -> Edits {
    let text = text(&app.policy(), path);
    assert!(text.contains(from), "{text}");
    Edits::from([(path.to_owned(), Some(text.replace(from, to)))])
}

/// Customer service asks everybody first, in Brazil.
fn asks_first(app: &App) -> Edits {
    edit(app, SERVICE, "br: contract", "br: consent")
}

async fn propose(app: &App, who: &Actor, edits: Edits) -> Result<ChangeView, Error> {
    app.run(who, ProposePolicies { edits, why: "the board wants to ask first".to_owned() }).await
}

/// Whether Davi sees who Ana is.
async fn sees(app: &App, davi: &Actor) -> bool {
    let (kind, value) = (IdentifierKind::Email, ANA.email.to_owned());
    let lookup = Lookup::Identifier { kind, space: None, value };
    let wants = Wants { identifiers: true, ..Wants::default() };
    let seen = app.run(davi, GetProfile { lookup, wants }).await.unwrap();
    seen.identifiers.is_some_and(|all| all.shown().is_some())
}

async fn nobody_changes_a_policy_alone(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let (clara, elisa) = (officer(&app.app, "clara").await, officer(&app.app, "elisa").await);
    let tried = app.app.run(&clara, CheckPolicies { edits: asks_first(&app.app) }).await.unwrap();
    let view = propose(&app.app, &clara, asks_first(&app.app)).await.unwrap();
    assert_eq!(view.difference, Some(tried), "trying it says what proposing it says");
    let difference = view.difference.unwrap();
    assert!(difference.patch.contains("-  br: contract\n+  br: consent\n"), "{}", difference.patch);
    let basis = difference.changes.iter().find(|one| one.of == ChangeOf::Purpose).unwrap();
    assert_eq!(basis.what, "customer-service: basis in br");
    assert!(sees(&app.app, &app.davi).await, "nothing is so before somebody agrees");

    let id = view.change.id;
    let alone = app.app.approve_policies(&clara, ApprovePolicies { id }).await;
    assert!(matches!(alone, Err(Error::Conflict(why)) if why.contains("second person")), "{alone:?}");
    let again = officer(&app.app, "clara").await;
    let alone = app.app.approve_policies(&again, ApprovePolicies { id }).await;
    assert!(matches!(alone, Err(Error::Conflict(_))), "another key of hers is hers: {alone:?}");
    let (other, davi) = (app.another().await, app.davi.clone());
    app.clock.pass(60);
    let agreed = app.app.approve_policies(&elisa, ApprovePolicies { id }).await.unwrap();
    assert_eq!(agreed.change.state, ChangeState::Approved);
    assert_eq!(app.app.policy().digest(), agreed.change.digest);
    assert!(!sees(&app.app, &davi).await, "whoever was not asked is not shown");
    assert!(sees(&other, &davi).await, "the other process has not looked yet");
    assert!(other.follow_approved().await.unwrap());
    assert!(!sees(&other, &davi).await);
    assert!(!other.follow_approved().await.unwrap(), "once");

    let read = app.app.run(&clara, ReadChange { id }).await.unwrap();
    assert_eq!(read.difference.unwrap(), difference, "what was agreed on can be read for ever");
    assert_eq!(read.change.decided.unwrap().1, elisa.name());
    let again = app.app.approve_policies(&elisa, ApprovePolicies { id }).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
}

async fn what_is_wrong_is_said_by_file_and_line_and_nothing_is_proposed(app: &TestApp) {
    let clara = officer(&app.app, "clara").await;
    let at = |refused: Result<ChangeView, Error>| match refused {
        Err(Error::Invalid(problems)) => (problems[0].at.clone(), problems[0].message.clone()),
        other => panic!("{other:?}"),
    };
    let edits = edit(&app.app, SERVICE, "br: contract", "br: because_we_can");
    let (place, message) = at(propose(&app.app, &clara, edits).await);
    assert_eq!(place, "policies/purposes/customer-service.yaml line 4");
    assert!(message.contains("unknown basis") && message.contains("legitimate_interest"), "{message}");
    // Nobody asked the people: whoever edits a text in place takes it from those who agreed to it.
    let edits = edit(&app.app, "notices/newsletter/2/en.md", "\n", " \n");
    let (place, _) = at(propose(&app.app, &clara, edits).await);
    assert!(place.starts_with("policies/notices/newsletter/2/"), "{place}");
    let stray = Edits::from([("../outside.yaml".to_owned(), Some(String::new()))]);
    assert_eq!(at(propose(&app.app, &clara, stray).await).0, "policies/../outside.yaml");
    // Whoever copies what was agreed on has to be able to write it, and a patch has lines of its own.
    for name in ["n\0ul", "x\n--- a", "é", &"y".repeat(300)] {
        let odd = Edits::from([(format!("access/cases/ALLOW/{name}.yaml"), Some(String::new()))]);
        let (_, message) = at(propose(&app.app, &clara, odd).await);
        assert!(message.contains("not every system can write"), "{message}");
    }
    let gone = Edits::from([("purposes/no-such.yaml".to_owned(), None)]);
    assert!(at(propose(&app.app, &clara, gone).await).1.contains("not there"));
    let same = edit(&app.app, SERVICE, "br: contract", "br: contract");
    assert!(at(propose(&app.app, &clara, same).await).1.contains("nothing would be different"));
    let edits = asks_first(&app.app);
    for why in ["  ", "asked for by bruno@example.com"] {
        let why = ProposePolicies { edits: edits.clone(), why: why.to_owned() };
        assert_eq!(at(app.app.run(&clara, why).await).0, "why");
    }
    let (changes, more) = app.app.run(&clara, ListChanges { before: None, first: 10 }).await.unwrap();
    assert!(changes.is_empty() && !more);
    // Nothing is wrong with a change that nobody could take back, but whoever decides on it is told.
    let mut edits = edit(&app.app, "access/officer.cedar", "Action::\"policy.approve\",", "");
    edits.insert(
        "access/cases/ALLOW/a-second-officer-of-the-installation-approves-of-it.yaml".to_owned(),
        None,
    );
    let told = app.app.run(&clara, CheckPolicies { edits }).await.unwrap();
    assert!(told.remarks.iter().any(|one| one.problem.contains("nobody may approve")), "{:?}", told.remarks);
}

async fn of_two_changes_that_begin_from_the_same_policies_one_is_approved(app: &TestApp) {
    let (clara, elisa) = (officer(&app.app, "clara").await, officer(&app.app, "elisa").await);
    let first = propose(&app.app, &clara, asks_first(&app.app)).await.unwrap().change.id;
    app.clock.pass(1);
    let keeps = edit(&app.app, "purposes/analytics.yaml", "# What customers", "# Whatever customers");
    let second = propose(&app.app, &elisa, keeps).await.unwrap().change.id;
    app.clock.pass(1);
    let third = propose(&app.app, &clara, asks_first(&app.app)).await.unwrap().change.id;
    app.app.approve_policies(&elisa, ApprovePolicies { id: first }).await.unwrap();
    let late = app.app.approve_policies(&clara, ApprovePolicies { id: second }).await;
    assert!(matches!(late, Err(Error::Conflict(why)) if why.contains("propose it again")), "{late:?}");
    // Whoever proposed it takes it back; so may anybody else say no.
    let back = app.app.run(&elisa, RejectPolicies { id: second }).await.unwrap();
    assert_eq!((back.change.state, back.change.decided.unwrap().1), (ChangeState::Rejected, elisa.name()));
    let (page, more) = app.app.run(&clara, ListChanges { before: None, first: 2 }).await.unwrap();
    assert!(more);
    let told: Vec<_> = page.iter().map(|view| (view.change.id, view.change.state, view.is_current)).collect();
    assert_eq!(told, [(third, ChangeState::Proposed, false), (second, ChangeState::Rejected, false)]);
    let (page, more) = app.app.run(&clara, ListChanges { before: Some(second), first: 2 }).await.unwrap();
    assert_eq!((page.len(), page[0].change.id, more), (1, first, false));
}

async fn how_many_people_it_reaches_is_told_before(app: &TestApp) {
    let few = [ANA, BRUNO, CLARA, DAVI];
    let more = ["erika", "fabio"].map(|name| {
        Said::identify(Some(&format!("user-of-{name}")), None).with("email", format!("{name}@example.com"))
    });
    app.send(few.iter().map(zelo_tests::Person::identifies).chain(more)).await;
    app.send([Said::page("private-page", Some(ANA.user), Some(ANA.device))]).await;
    app.clock.pass(14 * 31 * 86_400);
    let clara = officer(&app.app, "clara").await;
    let mut edits = asks_first(&app.app);
    edits.extend(edit(&app.app, "schedules/browsing.yaml", "after: {months: 13}", "after: {months: 25}"));
    let id = propose(&app.app, &clara, edits).await.unwrap().change.id;
    let reach = app.app.run(&clara, ReachPolicies { id }).await.unwrap();
    let told: Vec<_> =
        reach.iter().map(|one| (&*one.tenant, one.of.clone(), one.before, one.after)).collect();
    let purpose = ReachOf::Purpose("customer-service".to_owned());
    let events = ReachOf::Events("browsing".to_owned());
    assert_eq!(
        told,
        [
            ("acme", purpose, Tally::Exactly(6), Tally::Few),
            ("acme", events, Tally::Exactly(1), Tally::Exactly(0)),
        ],
        "and nothing of what stays as it is"
    );
}

/// The policies in force as a folder.
fn folder(app: &App) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in app.policy().files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

async fn a_text_somebody_agreed_to_is_missed_at_the_start(app: &TestApp) {
    let said = || {
        let log = String::from_utf8(captured()).unwrap();
        log.lines().filter(|line| line.contains("policies/notices holds no more")).count()
    };
    app.send([ANA.identifies()]).await;
    let profile = app.by_email(ANA.email).await.unwrap().id;
    let hash = notice("newsletter", 1, "pt-BR");
    let said_yes = How {
        channel: "letter".to_owned(),
        language: Some("pt-BR".to_owned()),
        notice: Some(hash.clone()),
        verified: Some((IdentifierKind::Email, None, ANA.email.to_owned())),
        ..How::default()
    };
    let (purpose, kind) = (Some("marketing-email".parse().unwrap()), ConsentKind::Grant);
    let record = RecordConsent { profile, purpose, recipient: None, kind, said: said_yes };
    app.app.run(&app.officer().await, record).await.unwrap();
    app.another().await;
    assert_eq!(said(), 0, "it is there");
    let folder = folder(&app.app);
    let path = folder.path().join("notices/newsletter/1/pt-BR.md");
    let other = fs::read_to_string(&path).unwrap() + "\nE mais.\n";
    let meta = folder.path().join("notices/newsletter/1/meta.yaml");
    let new = zelo_tests::sha256(other.as_bytes());
    fs::write(&meta, fs::read_to_string(&meta).unwrap().replace(&hash, &new)).unwrap();
    fs::write(&path, other).unwrap();
    let load = Bundle::load(folder.path()).unwrap();
    app.place.start_under(&app.clock, load).await.unwrap();
    assert_eq!(said(), 1, "nobody could show what she said yes to");
}

async fn what_was_agreed_on_outlives_the_process_until_the_folder_says_something_else(app: &TestApp) {
    app.send([ANA.identifies()]).await;
    let folder = folder(&app.app);
    let load = || Bundle::load(folder.path()).unwrap();
    let process = app.place.start_under(&app.clock, load()).await.unwrap();
    let (clara, elisa) = (officer(&process, "clara").await, officer(&process, "elisa").await);
    let id = propose(&process, &clara, asks_first(&process)).await.unwrap().change.id;
    process.approve_policies(&elisa, ApprovePolicies { id }).await.unwrap();
    drop(process);
    let process = app.place.start_under(&app.clock, load()).await.unwrap();
    assert!(!sees(&process, &app.davi).await, "the folder says what it said when they agreed");
    // Whoever came with the program alone works under what was agreed on, too.
    assert!(!sees(&app.another().await, &app.davi).await);

    let path = folder.path().join(SERVICE);
    let former = fs::read_to_string(&path).unwrap();
    fs::write(&path, former.replace("# Answering", "# Newer: answering")).unwrap();
    assert!(process.put_in_force(load()).await.unwrap());
    assert!(sees(&process, &app.davi).await, "somebody wrote other policies since");
    assert!(!process.follow_approved().await.unwrap(), "and they stay");
    let process = app.place.start_under(&app.clock, load()).await.unwrap();
    assert!(sees(&process, &app.davi).await, "also after a start");
    fs::write(&path, former).unwrap();
    assert!(process.put_in_force(load()).await.unwrap());
    assert!(sees(&process, &app.davi).await, "whoever takes the file back does not bring back what was over");
    let process = app.place.start_under(&app.clock, load()).await.unwrap();
    assert!(sees(&process, &app.davi).await, "nor does a start");
    // The approval is an entry of the installation's log like any other, and the log holds together.
    let operator = process.operator(None, Via::Cli).await.unwrap();
    process.run(&operator, zelo_app::VerifyLog { tenant: operator.tenant }).await.unwrap();
}

async fn who_has_no_key_of_the_installation_changes_nothing(app: &TestApp) {
    let clara = Actor { purpose: "administration".parse().unwrap(), ..app.officer().await };
    let refused = propose(&app.app, &clara, asks_first(&app.app)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    let operator = app.app.operator(None, Via::Cli).await.unwrap();
    let refused = propose(&app.app, &operator, asks_first(&app.app)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "it is an officer's to answer for: {refused:?}");
    let purposes = vec!["administration".parse().unwrap()];
    let key = CreateCredential { name: "davi".to_owned(), role: Role::Developer, purposes, source: None };
    let Err(Error::Invalid(problems)) = app.app.run(&operator, key).await else { panic!("it was made") };
    assert_eq!(problems[0].at, "role");
}

/// One request with a key.
fn ask(client: &zelo_tests::Client, key: &str, query: &str, variables: &Value) -> Value {
    let body = json!({ "query": query, "variables": variables }).to_string();
    client.ask_with(key, "POST", "/graphql", &body).unwrap().json()
}

async fn two_officers_change_a_policy_over_graphql(engine: Engine) {
    let machine = Machine::fresh(engine, "agreed", Cluster::shared).await;
    let server = machine.start();
    let key = |name: &str| {
        let words = ["key", "create", name, "--installation", "--role", "officer", "--purpose"];
        let (made, said) = machine.zelo(&[&words[..], &["administration"]].concat());
        assert!(made, "{said}");
        said["secret"].as_str().unwrap().to_owned()
    };
    let (clara, elisa) = (key("clara"), key("elisa"));
    let (copied, _) = machine.zelo(&["policy", "copy", "policies"]);
    assert!(copied);

    let read = "query($p: String) { policy { digest files(path: $p) { path text } } }";
    let said = ask(&server.client, &clara, read, &json!({ "p": SERVICE }));
    let file = &said["data"]["policy"]["files"][0];
    let changed = file["text"].as_str().unwrap().replace("br: contract", "br: consent");
    let propose = "mutation($t: String!) { proposePolicies(why: \"ask first\",
        edits: [{path: \"purposes/customer-service.yaml\", text: $t}]) {
        id state isCurrent difference { patch changes { of what before after } remarks { problem } } } }";
    let bad = changed.replace("br: consent", "br: because_we_can");
    let refused = ask(&server.client, &clara, propose, &json!({ "t": bad }));
    let problem = &refused["errors"][0]["extensions"]["problems"][0];
    assert_eq!(problem["at"], "policies/purposes/customer-service.yaml line 4", "{refused}");
    let proposed = ask(&server.client, &clara, propose, &json!({ "t": changed }));
    let change = &proposed["data"]["proposePolicies"];
    assert_eq!((&change["state"], &change["isCurrent"]), (&json!("PROPOSED"), &json!(true)), "{proposed}");

    // The patch is one that Git takes, and the folder it makes is what is in force once the other one agrees.
    fs::write(machine.at("change.patch"), change["difference"]["patch"].as_str().unwrap()).unwrap();
    let git = Command::new("git").args(["apply", "change.patch"]).current_dir(machine.at(".")).status();
    assert!(git.unwrap().success());
    let approve = "mutation($id: ID!) { approvePolicies(id: $id) { state digest decidedBy } }";
    let id = json!({ "id": change["id"] });
    let alone = ask(&server.client, &clara, approve, &id);
    assert_eq!(alone["errors"][0]["extensions"]["code"], "CONFLICT", "{alone}");
    let reach = "query($id: ID!) { policyReach(id: $id) { tenant of what before { exactly fewerThan } } }";
    let reach = ask(&server.client, &elisa, reach, &id);
    let reached = &reach["data"]["policyReach"][0];
    assert_eq!((&reached["of"], &reached["what"]), (&json!("PURPOSE_OPEN_FOR"), &json!("customer-service")));
    assert!(reached["before"]["exactly"].as_u64() > Some(5), "{reach}");
    let agreed = ask(&server.client, &elisa, approve, &id);
    let digest = &agreed["data"]["approvePolicies"]["digest"];
    assert_eq!(agreed["data"]["approvePolicies"]["state"], "APPROVED", "{agreed}");
    let health: Value = server.client.get("/health").unwrap().json();
    assert_eq!(&health["policy"], digest);
    let (copied, said) = machine.zelo(&["policy", "copy", "--in-force", "agreed"]);
    assert!(copied && &said["digest"] == digest, "{said}");
    let (good, said) = machine.zelo(&["policy", "check", "policies"]);
    assert!(good && &said["digest"] == digest, "the patched folder is the same: {said}");
    server.kill();
    let server = machine.start();
    let health: Value = server.client.get("/health").unwrap().json();
    assert_eq!(&health["policy"], digest, "also after a crash");
    let list = "{ policyChanges(first: 1) { edges { node { state why proposedBy decidedBy } } pageInfo { hasNextPage } } }";
    let list = ask(&server.client, &clara, list, &json!({}));
    let node = &list["data"]["policyChanges"]["edges"][0]["node"];
    assert!(node["proposedBy"] != node["decidedBy"] && node["why"] == "ask first", "{list}");
    server.stop();
    let (sound, said) = machine.zelo(&["audit", "verify"]);
    assert!(sound, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_change_a_policy_over_graphql_on_sqlite() {
    two_officers_change_a_policy_over_graphql(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_change_a_policy_over_graphql_on_postgres() {
    two_officers_change_a_policy_over_graphql(Engine::Postgres).await;
}
