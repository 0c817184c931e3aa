//! Clara looks ahead at what the schedules will take.

use serde_json::json;
use zelo_model::Role;

use crate::support::Site;

#[tokio::test]
async fn clara_sees_what_will_go_in_numbers_and_davi_does_not() {
    let site = Site::open().await;
    let clara = site.key("clara", Role::Officer, &["data-subject-rights"]).await;
    let query = "query($of: String) { retentionPreview(schedule: $of) {
        schedule labelPt labelEn citation counts then before due { exactly fewerThan }
        kept { policy law until count { exactly } } heldBack { exactly fewerThan } } }";
    let ask = json!({ "query": query });
    assert_eq!(site.ask_with(&site.secret, &ask).await.code(), "FORBIDDEN");
    let told = site.ask_with(&clara, &ask).await;
    let all = told.body["data"]["retentionPreview"].as_array().unwrap();
    let names: Vec<_> = all.iter().map(|one| one["schedule"].as_str().unwrap()).collect();
    assert_eq!(names, ["browsing", "inactive-customers", "product-views", "transient-contacts"]);
    let browsing = &all[0];
    assert_eq!((&browsing["counts"], &browsing["then"]), (&json!("EVENTS"), &json!("ERASE")));
    assert_eq!(browsing["due"], json!({ "exactly": 0, "fewerThan": null }), "{}", told.text);
    assert_eq!(all[1]["due"], json!({ "exactly": null, "fewerThan": 5 }));
    assert!(!told.text.contains("ana"));

    let one = json!({ "query": query, "variables": { "of": "product-views" } });
    let told = site.ask_with(&clara, &one).await;
    assert_eq!(told.body["data"]["retentionPreview"][0]["then"], "ANONYMISE", "{}", told.text);
    let none = json!({ "query": query, "variables": { "of": "no-such" } });
    assert_eq!(site.ask_with(&clara, &none).await.code(), "INVALID");
}
