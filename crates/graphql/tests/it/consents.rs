//! Ana says yes and no to the newsletter, and Clara writes it down over GraphQL.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "what fails here fails the test, and what it leaves out it says"
)]

use serde_json::{Value, json};
use zelo_model::Role;

use crate::support::{Site, Told};

const RECORD: &str = "mutation($consent: ConsentKey!, $word: ConsentWord!, $said: ConsentSaid!) {
    recordConsent(consent: $consent, word: $word, said: $said) { purpose recipient standing since restrictedSince } }";

async fn says(site: &Site, clara: &str, ana: &Value, word: &str, said: Value) -> Told {
    let variables =
        json!({ "consent": { "profile": ana, "purpose": "marketing-email" }, "word": word, "said": said });
    site.ask_with(clara, &json!({ "query": RECORD, "variables": variables })).await
}

async fn ana(site: &Site) -> Value {
    let query = "{ profileByIdentifier(by: { kind: USER_ID, value: \"ana\" }) { id } }";
    site.ask(query, json!({})).await.body["data"]["profileByIdentifier"]["id"].clone()
}

/// The text people agree to now.
fn notice() -> String {
    let policies = zelo_app::Bundle::embedded().unwrap();
    let newsletter = policies.notices().iter().find(|one| one.id == "newsletter").unwrap();
    data_encoding::HEXLOWER.encode(&newsletter.versions.last().unwrap().texts["pt-BR"].sha256)
}

/// By Kantara's own schema, where the folder with it is named by `KANTARA_FOLDER`.
fn is_a_receipt(receipt: &Value) {
    let latest = zelo_app::Bundle::embedded().unwrap();
    let version = latest.notices().iter().find(|one| one.id == "newsletter").unwrap().versions.len();
    assert_eq!(receipt["policyUrl"], format!("/v1/notices/newsletter/{version}/pt-BR"), "{receipt}");
    assert!(
        !receipt.to_string().to_lowercase().contains("ana@"),
        "it names her by the record alone: {receipt}"
    );
    let Ok(folder) = std::env::var("KANTARA_FOLDER") else {
        eprintln!("left out: the schema of Kantara's receipts, which KANTARA_FOLDER names the folder of");
        return;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("schema.json")).unwrap();
    // It has lines of comments.
    let plain: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let schema: Value = serde_json::from_str(&plain.join("\n")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let found: Vec<String> = validator.iter_errors(receipt).map(|error| error.to_string()).collect();
    assert_eq!(found, Vec::<String>::new(), "{receipt}");
}

fn in_person() -> Value {
    json!({ "channel": "web", "language": "pt-BR", "notice": notice(),
        "identifier": { "kind": "EMAIL", "value": "Ana@Example.com" }, "note": "ticked the box" })
}

#[tokio::test]
async fn ana_says_yes_and_takes_it_back_and_each_is_told_with_its_proof() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["customer-service"]).await;
    let ana = ana(&site).await;
    assert_eq!(says(&site, &site.secret, &ana, "GRANT", in_person()).await.code(), "FORBIDDEN");
    let told = says(&site, &clara, &ana, "GRANT", in_person()).await;
    let consent = &told.body["data"]["recordConsent"];
    assert_eq!(
        (&consent["purpose"], &consent["recipient"], &consent["standing"]),
        (&json!("marketing-email"), &json!("demo-controller"), &json!("GRANTED")),
        "{}",
        told.text
    );
    assert!(consent["since"].is_string() && consent["restrictedSince"].is_null());

    let withdraw = "mutation($consent: ConsentKey!) { withdrawConsent(consent: $consent, channel: \"web\") { standing } }";
    let variables = json!({ "consent": { "profile": ana, "purpose": "marketing-email" } });
    let withdraw = json!({ "query": withdraw, "variables": variables });
    let told = site.ask_with(&clara, &withdraw).await;
    assert_eq!(told.text, r#"{"data":{"withdrawConsent":{"standing":"WITHDRAWN"}}}"#);
    assert_eq!(site.ask_with(&clara, &withdraw).await.code(), "CONFLICT");

    let query = "query($id: ID!, $after: String) { profile(id: $id) {
        consents(purposes: [\"marketing-email\"]) { standing } none: consents(purposes: [\"billing\"]) { standing }
        consentEvents(first: 1, after: $after) { pageInfo { hasNextPage hasPreviousPage endCursor }
          edges { node { kind vouched notice receipt(standard: KANTARA) evidence { channel language note actor repeats } } } } withheld { path } } }";
    let told = site.ask(query, json!({ "id": ana })).await;
    let profile = &told.body["data"]["profile"];
    assert_eq!(profile["consents"], json!([{ "standing": "WITHDRAWN" }]), "{}", told.text);
    assert_eq!((&profile["none"], &profile["withheld"]), (&json!([]), &json!([])));
    let page = &profile["consentEvents"];
    assert_eq!(
        (&page["edges"][0]["node"]["kind"], &page["pageInfo"]["hasNextPage"]),
        (&json!("WITHDRAW"), &json!(true))
    );
    let told = site.ask(query, json!({ "id": ana, "after": page["pageInfo"]["endCursor"] })).await;
    let page = &told.body["data"]["profile"]["consentEvents"];
    let node = &page["edges"][0]["node"];
    assert_eq!(page["pageInfo"]["hasPreviousPage"], true, "{}", told.text);
    assert_eq!(
        (&node["kind"], &node["vouched"], &node["notice"]),
        (&json!("GRANT"), &json!(true), &json!(notice()))
    );
    is_a_receipt(&node["receipt"]);
    let evidence = &node["evidence"];
    assert_eq!((&evidence["channel"], &evidence["note"]), (&json!("web"), &json!("ticked the box")));
}

#[tokio::test]
async fn who_may_not_see_how_it_was_said_is_told_so() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["customer-service"]).await;
    let ana = ana(&site).await;
    says(&site, &clara, &ana, "DENY", in_person()).await;
    let agent = site.key("fabio", Role::Agent, &["marketing-email"]).await;
    let query = "query($id: ID!) { profile(id: $id) { consentEvents { edges { node { kind evidence { note } } } } withheld { path code } } }";
    let told = site.ask_with(&agent, &json!({ "query": query, "variables": { "id": ana } })).await;
    let profile = &told.body["data"]["profile"];
    assert_eq!(
        profile["consentEvents"]["edges"],
        json!([{ "node": { "kind": "DENY", "evidence": null } }]),
        "{}",
        told.text
    );
    assert_eq!(profile["withheld"], json!([{ "path": ["consentEvents", "evidence"], "code": "PURPOSE" }]));
    assert_eq!(told.body["extensions"]["withheld"][0]["code"], "PURPOSE");
    assert!(!told.text.contains("ticked"));
    let analyst = site.key("gil", Role::Analyst, &["analytics"]).await;
    let query =
        "query($id: ID!) { profile(id: $id) { consents { standing } consentEvents { edges { cursor } } } }";
    let told = site.ask_with(&analyst, &json!({ "query": query, "variables": { "id": ana } })).await;
    assert_eq!(
        told.body["data"]["profile"],
        json!({ "consents": null, "consentEvents": null }),
        "{}",
        told.text
    );
    assert_eq!(told.body["extensions"]["withheld"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_named_in_the_callers_terms() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["customer-service"]).await;
    let ana = ana(&site).await;
    for (said, at) in [
        (json!({ "channel": "By Phone" }), "channel"),
        (json!({ "channel": "web", "notice": "abc" }), "notice"),
        (
            json!({ "channel": "web", "identifier": { "kind": "EMAIL", "value": "no address" } }),
            "identifier.value",
        ),
        (
            json!({ "channel": "web", "identifier": { "kind": "EMAIL", "value": "bruno@example.com" } }),
            "identifier",
        ),
    ] {
        let told = says(&site, &clara, &ana, "DENY", said).await;
        assert_eq!(
            (told.code(), &told.body["errors"][0]["extensions"]["problems"][0]["at"]),
            ("INVALID", &json!(at)),
            "{}",
            told.text
        );
    }
    let query = "{ profileByIdentifier(by: { kind: USER_ID, value: \"ana\" }) { consentEvents(first: 101) { edges { cursor } } } }";
    let told = site.ask(query, json!({})).await;
    assert_eq!(
        told.body["errors"][0]["extensions"]["problems"][0]["at"], "consentEvents.first",
        "{}",
        told.text
    );
}

#[tokio::test]
async fn what_ana_saw_is_told_with_what_she_said_and_clara_counts_without_telling_of_anybody() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["customer-service"]).await;
    let ana = ana(&site).await;
    let record = |consent: Value, word: &str, said: Value| json!({ "query": RECORD, "variables": { "consent": consent, "word": word, "said": said } });
    let seen = json!({ "channel": "counter", "notice": notice() });
    let told = site.ask_with(&clara, &record(json!({ "profile": ana }), "INFORMED", seen)).await;
    let consent = &told.body["data"]["recordConsent"];
    assert_eq!(
        (&consent["purpose"], &consent["standing"]),
        (&json!("*"), &json!("UNASKED")),
        "{}",
        told.text
    );
    says(&site, &clara, &ana, "GRANT", in_person()).await;
    let query = "query($id: ID!) { profile(id: $id) { notices {
        notice version language sha256 answers { purpose kind } } } }";
    let told = site.ask(query, json!({ "id": ana })).await;
    let one = &told.body["data"]["profile"]["notices"][0];
    assert_eq!(
        (&one["notice"], &one["language"], &one["sha256"]),
        (&json!("newsletter"), &json!("pt-BR"), &json!(notice()))
    );
    assert_eq!(one["answers"], json!([{ "purpose": "marketing-email", "kind": "GRANT" }]), "{}", told.text);

    let query = json!({ "query": "{ noticeNumbers(notice: \"newsletter\") { version saw { exactly fewerThan }
        saidYes { fewerThan } saidNo { fewerThan } onlySaw { fewerThan } } none: noticeNumbers(notice: \"x\") { version } }" });
    assert_eq!(site.ask_with(&clara, &query).await.code(), "FORBIDDEN");
    let helena = site.key("helena", Role::Officer, &["data-subject-rights"]).await;
    let told = site.ask_with(&helena, &query).await;
    let few = json!({ "fewerThan": 5 });
    let last = told.body["data"]["noticeNumbers"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["saw"], &last["onlySaw"]),
        (&json!({ "exactly": null, "fewerThan": 5 }), &few),
        "{}",
        told.text
    );
    assert!(told.body["data"]["none"].is_null());
}
