use std::path::Path;

use super::*;

fn convert(map: &str, row: &[(&str, &str)]) -> Result<Vec<Value>, Reject> {
    let map = Map::parse(Path::new("map.yaml"), map).unwrap_or_else(|error| panic!("{error}"));
    let cells =
        |name: &str| row.iter().find(|(own, _)| *own == name).map(|(_, text)| Cell::Text((*text).to_owned()));
    let messages = Converter::new(map, "2026-01-01T00:00:00Z").messages(&cells)?;
    Ok(messages.iter().map(|message| serde_json::from_str(message).unwrap_or_default()).collect())
}

const ORDERS: &str = "identifiers: {user_id: who}
message_id: [shop, number]
events:
  - {name: Order Completed, time: at, properties: {total: {column: total, type: number}}}
  - {name: {column: then}, time: at, when: {column: then, is: [Order Refunded]}}
";

#[test]
fn a_row_of_an_order_is_what_she_did_and_has_an_id_of_its_own() {
    let row =
        [("who", " 7 "), ("shop", "recife"), ("number", "1"), ("at", "2020-01-01T00:00:00Z"), ("total", "5")];
    let told = convert(ORDERS, &row).unwrap();
    let expected = json!({"type": "track", "event": "Order Completed", "userId": "7", "timestamp": "2020-01-01T00:00:00Z",
        "messageId": "recife/1", "properties": {"total": 5}});
    assert_eq!(told, [expected]);
    let refunded = [&row[..], &[("then", "Order Refunded")]].concat();
    let told = convert(ORDERS, &refunded).unwrap();
    assert_eq!(
        (told.len(), &told[1]["messageId"], &told[1]["event"]),
        (2, &json!("recife/1/1"), &json!("Order Refunded"))
    );
}

#[test]
fn what_is_missing_is_named_by_its_column() {
    let without = |gone: &str| {
        let row = [("who", "7"), ("shop", "recife"), ("number", "1"), ("at", "2020-01-01T00:00:00Z")];
        let left: Vec<_> = row.into_iter().filter(|(name, _)| *name != gone).collect();
        convert(ORDERS, &left).unwrap_err()
    };
    assert_eq!(without("who").code, "no_identifier");
    assert_eq!(without("at").code, "time");
    assert_eq!(without("number"), Reject::new("message_id", "column `number` is empty: it tells rows apart"));
}

#[test]
fn an_empty_cell_says_nothing_or_takes_back_and_the_files_time_fills_in() {
    let map =
        "identifiers: {user_id: id}\ntraits: {city: city, plan: {constant: gold}}\nempty_values: [N/A]\n";
    let row = [("id", "7"), ("city", "N/A")];
    let told = convert(map, &row).unwrap();
    assert_eq!(
        (&told[0]["traits"], &told[0]["timestamp"]),
        (&json!({"plan": "gold"}), &json!("2026-01-01T00:00:00Z"))
    );
    let told = convert(&format!("{map}empty: clear\n"), &row).unwrap();
    assert_eq!(told[0]["traits"], json!({"city": null, "plan": "gold"}));
}
