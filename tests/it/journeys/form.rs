//! Ana answers the form that asks her, at the real server.

use std::process::Command;

use serde_json::{Value, json};
use zelo_tests::{Cluster, Server, notice, percent, program};

use super::clients::{installed, script};
use super::counts::chromium;

/// The form of the shop's newsletter.
fn path(server: &Server, notice: &str) -> String {
    format!("/v1/forms/{}/{notice}", server.source)
}

fn hidden(page: &str, name: &str) -> String {
    let (_, behind) = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    behind.split_once('"').unwrap().0.to_owned()
}

/// Answers it: the page that comes back.
fn answer(server: &Server, email: &str, answer: &str) -> zelo_tests::Answer {
    let form = server.ask(&format!("GET {}?lang=pt-BR", path(server, "newsletter")), &[], b"");
    assert_eq!(form.status, 200, "{}", form.text);
    let body = format!(
        "ticket={}&notice={}&lang=pt-BR&email={}&to%3Amarketing-email={answer}",
        hidden(&form.text, "ticket"),
        hidden(&form.text, "notice"),
        percent(email),
    );
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    server.ask(&format!("POST {}", path(server, "newsletter")), &headers, body.as_bytes())
}

fn standing(server: &Server, email: &str) -> Value {
    let query = "query($v: String!) { profileByIdentifier(by: {kind: EMAIL, value: $v}) {
        consents(purposes: [\"marketing-email\"]) { standing } consentEvents { edges { node { kind notice
          receipt(standard: KANTARA) iso: receipt(standard: ISO_27560) } } } } }";
    server.query(query, &json!({ "v": email })).json()["data"]["profileByIdentifier"].clone()
}

fn the_form_asks_and_is_answered(postgres: Option<[String; 2]>) {
    let mut server = Server::start(postgres);
    let said = answer(&server, "private-form@example.com", "yes");
    assert!(said.status == 200 && said.text.contains("role=\"status\""), "{}", said.text);
    let ana = standing(&server, "private-form@example.com");
    assert_eq!(
        ana["consents"],
        json!([{ "standing": "PENDING" }]),
        "the address is not shown to be hers yet"
    );
    let node = &ana["consentEvents"]["edges"][0]["node"];
    assert_eq!(node["notice"], notice("newsletter", 2, "pt-BR"));
    receipts_are_what_others_read(node);

    let said = answer(&server, "private-form@example.com", "no");
    assert_eq!(said.status, 200);
    assert_eq!(standing(&server, "private-form@example.com")["consents"], json!([{ "standing": "DENIED" }]));

    // Whoever types an address has not shown that it is theirs: advertising asks for no confirmation, and still waits.
    let form = server.ask(&format!("GET {}?lang=en", path(&server, "advertising")), &[], b"");
    let body = format!(
        "ticket={}&notice={}&lang=en&email={}&to%3Aadvertising=yes",
        hidden(&form.text, "ticket"),
        hidden(&form.text, "notice"),
        percent("private-other@example.com"),
    );
    let said = server.ask(&format!("POST {}", path(&server, "advertising")), &[], body.as_bytes());
    assert!(said.status == 200 && said.text.contains("once it is confirmed"), "{}", said.text);
    let query = "{ profileByIdentifier(by: {kind: EMAIL, value: \"private-other@example.com\"}) { consents { standing } } }";
    let other = server.query(query, &json!({})).json()["data"]["profileByIdentifier"].clone();
    assert_eq!(other["consents"], json!([{ "standing": "PENDING" }]));

    // A no of somebody nobody knows is kept, too, or it could not be heeded.
    answer(&server, "private-unknown@example.com", "no");
    assert_eq!(
        standing(&server, "private-unknown@example.com")["consents"],
        json!([{ "standing": "DENIED" }])
    );

    for (email, given, wrong) in
        [("nobody", "yes", "ana@example.com"), ("private-x@example.com", "perhaps", "pelo menos")]
    {
        let said = answer(&server, email, given);
        assert_eq!(said.status, 422, "{}", said.text);
        assert!(said.text.contains(wrong) && said.text.contains("role=\"alert\""), "{}", said.text);
    }
    for (line, status) in [
        (format!("GET {}", path(&server, "no-such-notice")), 404),
        // A text of another controller's.
        (format!("GET {}", path(&server, "analytics")), 404),
        ("GET /v1/forms/not-a-key/newsletter".to_owned(), 401),
        // A key that reads has no business in an address.
        (format!("GET /v1/forms/{}/newsletter", server.developer), 401),
        ("GET /v1/notices/newsletter/1/en".to_owned(), 200),
        ("GET /v1/notices/newsletter/9/en".to_owned(), 404),
        ("GET /v1/notices/newsletter/two/en".to_owned(), 404),
        // Whoever links to it twice in one address still gets the form.
        (format!("GET {}?lang=en&lang=pt", path(&server, "newsletter")), 200),
    ] {
        assert_eq!(server.ask(&line, &[], b"").status, status, "{line}");
    }
    let gpc = server.ask("GET /.well-known/gpc.json", &[], b"").json();
    assert_eq!(gpc["gpc"], true);
    assert!(gpc["lastUpdate"].as_str().is_some_and(|day| day.len() == 10), "{gpc}");
    server.stop();
}

fn receipts_are_what_others_read(node: &Value) {
    let iso = &node["iso"];
    assert!(node["receipt"].is_null(), "what still waits is no consent: {node}");
    assert_eq!(iso["dct:conformsTo"]["@id"], "dpv-27560:record", "{iso}");
    assert_eq!(iso["dpv:hasConsentStatus"]["@id"], "dpv:ConsentRequested");
    assert_eq!(iso["dpv:hasNotice"]["dct:source"], "/v1/notices/newsletter/2/pt-BR");
    assert!(!iso.to_string().contains("private-"), "it names the person by the record alone: {iso}");
}

/// Clara's key, made on the command line.
fn clara(server: &Server) -> String {
    let words = ["key", "create", "clara", "--role", "officer", "--purpose", "customer-service", "--json"];
    let made = Command::new(program()).args(words).current_dir(server.folder()).output().unwrap();
    let made: Value = serde_json::from_slice(&made.stdout).unwrap();
    made["secret"].as_str().unwrap().to_owned()
}

/// The link that confirms the newest yes of this address.
fn link(server: &Server, clara: &str, email: &str) -> String {
    let ask = |query: &str, variables: Value| {
        let told = server.post("/graphql", clara, &json!({ "query": query, "variables": variables })).json();
        assert!(told["errors"].is_null(), "{told}");
        told["data"].clone()
    };
    let query = "query($v: String!) { profileByIdentifier(by: {kind: EMAIL, value: $v}) {
        id consentEvents(first: 1) { edges { node { id } } } } }";
    let found = ask(query, json!({ "v": email }))["profileByIdentifier"].clone();
    let give = "mutation($profile: ID!, $consent: ID!) {
        giveConfirmation(profile: $profile, consent: $consent) { path until } }";
    let consent = &found["consentEvents"]["edges"][0]["node"]["id"];
    let given = ask(give, json!({ "profile": found["id"], "consent": consent }));
    given["giveConfirmation"]["path"].as_str().unwrap().to_owned()
}

fn the_link_in_the_mail_confirms_what_was_typed_into_the_form(postgres: Option<[String; 2]>) {
    let mut server = Server::start(postgres);
    let (clara, ana) = (clara(&server), "private-mail@example.com");
    answer(&server, ana, "yes");
    let path = link(&server, &clara, ana);
    assert!(!path.contains("private") && !path.contains('@'), "{path}");
    // Whatever opens the mail to look into it, looks.
    for method in ["GET", "HEAD", "GET"] {
        let page = server.ask(&format!("{method} {path}"), &[("Accept-Language", "en")], b"");
        assert_eq!(page.status, 200, "{}", page.text);
        for header in ["default-src 'none'", "frame-ancestors 'none'", "no-store", "no-referrer"] {
            assert!(page.text.contains(header), "{header}: {}", page.text);
        }
        assert!(!page.text.to_lowercase().contains("set-cookie") && !page.text.contains(ana));
    }
    let page = server.ask(&format!("GET {path}"), &[("Accept-Language", "en")], b"").text;
    // In the language of the text that was said yes to, with that very text and one button.
    for part in [
        "<html lang=\"pt-BR\">",
        "noindex",
        "color-scheme:light dark",
        "Sim, confirmo",
        "<form method=\"post\">",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.matches("<button>").count() == 1 && !page.contains("<script") && !page.contains("<input"));
    let first = zelo_policy::Bundle::embedded().unwrap();
    let newsletter = first.notices().iter().find(|one| one.id == "newsletter").unwrap();
    let line = newsletter.versions.last().unwrap().texts["pt-BR"].text.lines().next().unwrap();
    assert!(page.contains(line.trim_start_matches(['#', ' '])), "{line}: {page}");
    assert_eq!(
        standing(&server, ana)["consents"],
        json!([{ "standing": "PENDING" }]),
        "looking confirms nothing"
    );

    let confirmed = server.ask(&format!("POST {path}"), &[], b"");
    assert!(
        confirmed.status == 200 && confirmed.text.contains("foi você quem disse sim"),
        "{}",
        confirmed.text
    );
    assert_eq!(standing(&server, ana)["consents"], json!([{ "standing": "GRANTED" }]));
    for method in ["POST", "GET"] {
        let again = server.ask(&format!("{method} {path}"), &[], b"");
        assert!(again.status == 200 && again.text.contains("Já está confirmado"), "{}", again.text);
    }
    let receipt = &standing(&server, ana)["consentEvents"]["edges"][0]["node"]["receipt"];
    assert_eq!(receipt["collectionMethod"], "form", "what is confirmed is a consent: {receipt}");

    // A no typed into the form counts at once and is more than the link; all that confirms nothing looks the same.
    answer(&server, ana, "no");
    let body = |page: &str| page.split_once("\r\n\r\n").unwrap().1.to_owned();
    let taken_back = server.ask(&format!("POST {path}"), &[("Accept-Language", "en")], b"");
    assert!(
        taken_back.status == 404 && taken_back.text.contains("This link confirms nothing"),
        "{}",
        taken_back.text
    );
    for bad in
        [format!("{}A", &path[..path.len() - 1]), format!("{path}x"), "/v1/confirmations/nothing".to_owned()]
    {
        for method in ["GET", "POST"] {
            let page = server.ask(&format!("{method} {bad}"), &[("Accept-Language", "en")], b"");
            assert_eq!((page.status, body(&page.text)), (404, body(&taken_back.text)), "{method} {bad}");
        }
    }
    assert_eq!(server.ask(&format!("PUT {path}"), &[], b"").status, 405);
    // Nobody who reads the log confirms anything.
    server.stop();
    for file in ["stdout", "stderr"] {
        let said = std::fs::read_to_string(server.folder().join(file)).unwrap();
        assert!(!said.contains(path.trim_start_matches("/v1/confirmations/")), "{file}");
    }
}

#[test]
fn the_link_in_the_mail_confirms_on_sqlite() {
    the_link_in_the_mail_confirms_what_was_typed_into_the_form(None);
}

#[tokio::test]
async fn the_link_in_the_mail_confirms_on_postgres() {
    let cluster = Cluster::own("link");
    let urls = [cluster.create("zelo").await, cluster.create("zelo_keys").await];
    the_link_in_the_mail_confirms_what_was_typed_into_the_form(Some(urls));
}

#[test]
fn the_form_asks_and_is_answered_on_sqlite() {
    the_form_asks_and_is_answered(None);
}

#[tokio::test]
async fn the_form_asks_and_is_answered_on_postgres() {
    let cluster = Cluster::own("form");
    let urls = [cluster.create("zelo").await, cluster.create("zelo_keys").await];
    the_form_asks_and_is_answered(Some(urls));
}

/// In a real browser without JavaScript, with the keyboard alone. Taking back is no more than giving (GDPR art. 7(3)).
#[test]
fn taking_it_back_takes_no_more_steps_than_giving_it() {
    let server = Server::start(None);
    let beside = installed("node_modules").with_file_name(format!("form-{}.mjs", std::process::id()));
    std::fs::copy(script("form.mjs"), &beside).unwrap();
    let url = format!("http://{}{}", server.address, path(&server, "newsletter"));
    let mut command = Command::new("node");
    command.arg(&beside).arg(chromium()).arg(url).args(std::env::var("PICTURES"));
    let said = command.output().unwrap();
    std::fs::remove_file(beside).unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert!(said["taken"].as_u64() <= said["given"].as_u64(), "{said}");
    assert_eq!((&said["cookies"], &said["origins"], &said["elsewhere"]), (&json!(0), &json!(0), &json!([])));
    assert_eq!((&said["lang"], &said["radios"], &said["named"]), (&json!("pt-BR"), &json!(2), &json!(1)));
}
