//! Plans that are right, and what is said of those that are wrong.

use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::*;

fn policies() -> Bundle {
    Bundle::embedded().unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn load(files: &[(&str, &str)]) -> Result<Plan, PlanError> {
    Plan::load(folder(files).path(), &policies())
}

fn schema(from: &str, properties: &str) -> String {
    format!(
        r#"{{"title":"Order Completed","x-zelo-valid-from":"{from}","type":"object","required":["total"],
            "properties":{properties}}}"#
    )
}

const TOTAL: &str = r#"{"total":{"type":"number","x-zelo-category":"purchases"}}"#;

#[test]
fn the_plan_that_comes_with_the_program_fits_what_shops_send() {
    let plan = Plan::embedded(&policies()).unwrap();
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    for (event, properties) in [
        ("Order Completed", json!({"orderId": "BR-1001", "total": "104.70", "currency": "BRL", "items": 3})),
        ("Order Completed", json!({"order_id": 7, "revenue": 25.0, "products": [{"sku": "x", "price": 3}]})),
        ("Product Viewed", json!({"sku": "cafe-250", "name": "Café", "price": "34.90", "currency": "BRL"})),
        ("Newsletter Subscribed", json!({"list": "novidades", "anything": true})),
    ] {
        let version = plan.in_force(event, now).expect(event);
        assert_eq!(version.check(&properties), Ok(()), "{event}");
    }
    let order = plan.in_force("Order Completed", now).unwrap();
    let email = order.declared().member("email").unwrap();
    assert_eq!(email.category(), Some("email"));
    let sku = order.declared().member("products").and_then(Declared::element).unwrap().member("sku");
    assert!(sku.unwrap().covers());
    assert!(plan.in_force("Weather Changed", now).is_none());
}

#[test]
fn an_event_is_judged_by_the_newest_version_in_force_when_it_was_received() {
    let (one, two) = (schema("2026-01-01", TOTAL), schema("2026-02-01T12:00:00Z", TOTAL));
    let plan = load(&[("order-completed/1.json", &one), ("order-completed/2.json", &two)]).unwrap();
    let number = |at: &str| plan.in_force("Order Completed", at.parse().unwrap()).map(Version::number);
    assert_eq!(number("2025-12-31T23:59:59Z"), None);
    assert_eq!(number("2026-01-01T00:00:00Z"), Some(1));
    assert_eq!(number("2026-02-01T11:59:59Z"), Some(1));
    assert_eq!(number("2026-02-01T12:00:00Z"), Some(2));
}

#[test]
fn a_breach_says_which_rule_and_where_and_nothing_that_was_sent() {
    let properties = r#"{"total":{"type":"number","x-zelo-category":"purchases"},
        "products":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["sku"],
        "properties":{"sku":{"type":"string","pattern":"^[a-z]+$","x-zelo-category":"purchases"}}}}}"#;
    let plan = load(&[("order-completed/1.json", &schema("2026-01-01", properties))]).unwrap();
    let version = plan.in_force("Order Completed", "2026-01-31T12:00:00Z".parse().unwrap()).unwrap();
    let cases = [
        (json!({"total": "ana@example.com"}), r#"`total` breaks "type": "number""#),
        (json!({}), r#"`total` breaks "required""#),
        (json!({"total": 1, "products": [{}]}), r#"`products[].sku` breaks "required""#),
        (
            json!({"total": 1, "products": [{"sku": "ana@example.com"}]}),
            r#"`products[].sku` breaks "pattern": "^[a-z]+$""#,
        ),
        (
            json!({"total": 1, "products": [{"sku": "x", "ana@example.com": 1}]}),
            r#"`products[]` breaks "additionalProperties": false"#,
        ),
    ];
    for (properties, said) in cases {
        assert_eq!(version.check(&properties).unwrap_err().to_string(), said);
    }
    assert_eq!(version.check(&json!({"total": 1, "products": [{"sku": "x"}]})), Ok(()));
}

#[test]
fn a_plan_that_is_wrong_is_refused_with_file_place_and_remedy() {
    let unknown = TOTAL.replace("purchases", "weather");
    let (none, empty) =
        (r#"{"total":{"type":"number"}}"#, r#"{"a":{"type":"object","properties":{"b/c":{}}}}"#);
    let remote = r#"{"total":{"$ref":"https://example.com/x.json","x-zelo-category":"purchases"}}"#;
    let cases: Vec<(&str, String, &[&str])> = vec![
        (
            "order-completed/1.json",
            schema("2026-01-01", &unknown),
            &[
                "order-completed/1.json at /properties/total/x-zelo-category",
                "there is no category `weather`",
                "categories.yaml",
            ],
        ),
        ("order-completed/1.json", schema("2026-01-01", none), &["at /properties/total", "has no category"]),
        ("order-completed/1.json", schema("2026-01-01", empty), &["at /properties/a/properties/b~1c"]),
        (
            "order-completed/1.json",
            schema("2026-01-01", &TOTAL.replace("-category", "-categry")),
            &["`x-zelo-categry` means nothing here"],
        ),
        ("order-completed/1.json", schema("soon", TOTAL), &["at /x-zelo-valid-from", "write a day"]),
        (
            "order-completed/1.json",
            schema("2026-01-01", &TOTAL.replace("\"number\"", "\"numbr\"")),
            &["order-completed/1.json", "no JSON Schema that can be used"],
        ),
        (
            "order-completed/1.json",
            schema("2026-01-01", remote),
            &["order-completed/1.json", "no JSON Schema that can be used"],
        ),
        ("order-completed/1.json", "{\n \"title\": oops}".to_owned(), &["line 2, column", "no JSON"]),
        ("orders/1.json", schema("2026-01-01", TOTAL), &["orders/1.json at /title", "order-completed"]),
        (
            "order-completed/one.json",
            schema("2026-01-01", TOTAL),
            &["order-completed/one.json", "nothing reads this"],
        ),
        ("order-completed/0.json", schema("2026-01-01", TOTAL), &["nothing reads this"]),
        ("1.json", schema("2026-01-01", TOTAL), &["1.json: nothing reads this"]),
        (
            "order-completed/1.json",
            "{\"title\":\"ana@example.com\"}".to_owned(),
            &["at /title", "no event's name"],
        ),
        ("order-completed/1.json", "{\"title\":\"Order Completed\"}".to_owned(), &["at /type"]),
    ];
    for (path, text, said) in cases {
        let refused = load(&[(path, &text)]).unwrap_err().to_string();
        assert!(said.iter().all(|said| refused.contains(said)), "{refused}");
    }
    let (one, two) = (schema("2026-01-02", TOTAL), schema("2026-01-01", TOTAL));
    let refused = load(&[("order-completed/1.json", &one), ("order-completed/2.json", &two)]);
    assert!(refused.unwrap_err().to_string().contains("order-completed/2.json at /x-zelo-valid-from"));
    let refused = load(&[("README.md", "nothing else")]).unwrap_err().to_string();
    assert!(refused.contains("no schema in this folder"), "{refused}");
    let gone = Plan::load(Path::new("/nowhere-at-all"), &policies()).unwrap_err().to_string();
    assert!(gone.contains("/nowhere-at-all") && gone.contains("cannot be read"), "{gone}");
}
