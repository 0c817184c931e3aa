//! A table as a shop in Recife exports it, brought in by the real program and taken out again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;
use zelo_tests::{Cluster, Engine, Machine};

use super::{acme, done};

const MAP: &str = r#"
encoding: windows-1252
delimiter: ";"
decimal: ","
zone: America/Recife
empty_values: ["-"]
ignore: [obs]
identifiers: {user_id: código, email: e-mail, phone: celular, cpf: cpf}
traits:
  name: nome
  address.city: cidade
  birthDate: {column: nascimento, type: date, format: "%d/%m/%Y"}
  vip: {column: vip, type: boolean, "true": [S], "false": [N]}
  origin: {constant: crm}
time: {column: cadastro, format: "%d/%m/%Y %H:%M"}
events:
  - name: Order Completed
    when: {column: situação, is: [pago]}
    time: {column: pago em, format: "%d/%m/%Y %H:%M"}
    message_id: pedido
    properties:
      total: {column: total, type: decimal}
      currency: {constant: BRL}
"#;

const TABLE: &str = "código;nome;e-mail;celular;cpf;cidade;nascimento;vip;cadastro;pedido;situação;pago em;total;obs
1;Ana Encarnação;ana@example.com;(81) 91234-5678;111.444.777-35;Recife;31/01/1990;S;01/02/2015 09:00;p-1;pago;02/02/2015 10:30;1.234,50;x
2;Bruno Araújo;bruno@example.com;-;-;Porto;;N;01/02/2015 09:00;p-2;cancelado;;;
3;\"Clara; Nóbrega\";clara@example.com;-;111.444.777-00;Olinda;;S;01/02/2015 09:00;p-3;pago;02/02/2015 10:30;5;
4;Davi Simões;davi@example.com;-;-;Braga;31/02/1990;N;01/02/2015 09:00;p-4;pago;02/02/2015 10:30;5;
;Ninguém;-;-;-;-;;;01/02/2015 09:00;p-5;pago;02/02/2015 10:30;5;
";

/// As older spreadsheets save it.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"))
}

const IMPORT: [&str; 8] =
    ["import", "people.csv", "--tenant", "acme", "--source", "crm", "--map", "people.map.yaml"];

async fn a_table_is_brought_in_mended_and_taken_out(engine: Engine) {
    let machine = Machine::fresh(engine, "tables", Cluster::shared).await;
    let clara = acme(&machine);
    fs::write(machine.at("people.csv"), windows_1252(TABLE)).unwrap();
    fs::write(machine.at("people.map.yaml"), MAP).unwrap();

    let (code, said) = machine.code(&[&IMPORT[..], &["--dry-run"]].concat(), &[]);
    assert_eq!(code, 3, "{said}");
    let tried = json(&said);
    assert_eq!(
        (&tried["rows"], &tried["taken"], &tried["dryRun"]),
        (&5.into(), &2.into(), &true.into()),
        "{said}"
    );
    assert!(!machine.at("people.rejects.csv").exists(), "a dry run writes nothing");

    let (code, said) = machine.code(&IMPORT, &[]);
    assert_eq!(code, 3, "some could not be taken in: {said}");
    let done = json(&said);
    assert_eq!(
        (&done["taken"], &done["messages"], &done["repeated"]),
        (&2.into(), &3.into(), &0.into()),
        "{said}"
    );
    assert_eq!(done["rejected"], serde_json::json!({"identifier": 1, "value": 1, "no_identifier": 1}));
    assert!(!machine.at("people.csv.import-state").exists(), "there is nothing left to go on with");

    let file = machine.at("people.rejects.csv");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let rejects = latin(&fs::read(&file).unwrap());
    let lines: Vec<&str> = rejects.lines().collect();
    assert!(lines[0].starts_with("zelo_line;zelo_reason;código;nome;"), "{rejects}");
    assert!(
        lines[1].starts_with("4;")
            && lines[1].contains("is not a CPF")
            && lines[1].contains("\"Clara; Nóbrega\""),
        "{rejects}"
    );
    assert!(lines[2].starts_with("5;") && lines[2].contains("`nascimento`"), "{rejects}");
    assert!(lines[3].starts_with("6;") && lines.len() == 4, "{rejects}");

    // Again, nothing is new; and rejects that lie there are not written over.
    let (code, said) = machine.code(&IMPORT, &[]);
    assert!(code == 1 && said.contains("people.rejects.csv is there already"), "{said}");
    let mended = rejects.replace("111.444.777-00", "529.982.247-25").replace("31/02/1990", "28/02/1990");
    fs::write(machine.at("mended.csv"), windows_1252(&mended)).unwrap();
    let again = [&["import", "mended.csv"], &IMPORT[2..]].concat();
    let (code, said) = machine.code(&again, &[]);
    let done = json(&said);
    assert_eq!((code, &done["taken"], &done["messages"]), (3, &2.into(), &4.into()), "{said}");

    let (code, said) = machine.code(
        &["export", "out.jsonl", "--purpose", "data-subject-rights", "--events"],
        &[("ZELO_KEY", &clara)],
    );
    assert_eq!(code, 0, "{said}");
    let out = fs::read_to_string(machine.at("out.jsonl")).unwrap();
    let lines: Vec<Value> = out.lines().map(json).collect();
    let ana = lines.iter().find(|line| line.to_string().contains("ana@example.com")).unwrap();
    let value = |name: &str| {
        let all = ana["attributes"].as_array().unwrap();
        all.iter().find(|one| one["name"] == name).map(|one| one["value"].clone()).unwrap_or_default()
    };
    assert_eq!(value("name"), "Ana Encarnação");
    assert_eq!(value("address"), serde_json::json!({"city": "Recife"}));
    assert_eq!(
        (value("birthDate"), value("vip"), value("origin")),
        ("1990-01-31".into(), true.into(), "crm".into())
    );
    let kinds: Vec<&str> =
        ana["identifiers"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 4, "{ana}");
    let event = lines.iter().find(|line| line["type"] == "event" && line["profile"] == ana["id"]).unwrap();
    assert_eq!(event["occurredAt"], "2015-02-02T13:30:00.000000Z", "as Recife's clocks said it");
    assert_eq!(event["properties"], serde_json::json!({"total": "1234.50", "currency": "BRL"}));
    let bruno = lines.iter().find(|line| line.to_string().contains("bruno@example.com")).unwrap();
    assert!(
        !lines.iter().any(|line| line["type"] == "event" && line["profile"] == bruno["id"]),
        "he has not paid"
    );
}

async fn whoever_brings_a_table_is_told_what_does_not_fit(engine: Engine) {
    let machine = Machine::fresh(engine, "unfit", Cluster::shared).await;
    acme(&machine);
    let map = machine.at("people.map.yaml");
    let tried = |table: &str, text: &str, words: &[&str]| {
        fs::write(machine.at("people.csv"), table).unwrap();
        fs::write(&map, text).unwrap();
        let (code, said) = machine.code(&[&["import"], words, &["--tenant", "acme"]].concat(), &[]);
        assert_eq!(code, 1, "{said}");
        said
    };
    let simple = "identifiers: {user_id: id, email: e-mail}\n";
    let with = ["people.csv", "--source", "crm", "--map", "people.map.yaml"];
    let cases = [
        (
            "id,mail\n1,a\n",
            simple,
            &with[..],
            "line 1: there is no column `e-mail`, which the map speaks of; did you mean `mail`?",
        ),
        (
            "id,e-mail,x\n1,a,b\n",
            simple,
            &with,
            "the map says nothing of `x`; map what you need, and list the rest under `ignore:`",
        ),
        ("id,id\n1,2\n", simple, &with, "two columns are called `id`"),
        ("id,e-mail\n", "identifers: {}\n", &with, "people.map.yaml, line 1: unknown field `identifers`"),
        ("id,e-mail\n", simple, &["people.csv", "--source", "crm"], "say what its columns are with --map"),
        (
            "id,e-mail\n1,a@example.com\n",
            simple,
            &["people.csv", "--source", "nobody", "--map", "people.map.yaml"],
            "there is no such source",
        ),
        ("id,e-mail\n", simple, &["nothing.csv", "--source", "crm"], "nothing.csv cannot be read"),
    ];
    for (table, text, words, expected) in cases {
        let said = tried(table, text, words);
        assert!(said.contains(expected), "{expected}\n{said}");
        let _ = fs::remove_file(machine.at("people.csv.import-state"));
    }
    assert!(!machine.at("people.rejects.csv").exists());
}

/// A file that is not there to be written over, a row without end, a line that is counted as an editor counts it.
async fn nothing_of_anybodys_is_written_over_and_no_row_swallows_others(engine: Engine) {
    let machine = Machine::fresh(engine, "careful", Cluster::shared).await;
    let clara = acme(&machine);
    let out = ["export", "nowhere/out.jsonl", "--purpose", "data-subject-rights"];
    let (code, said) = machine.code(&out, &[("ZELO_KEY", &clara)]);
    assert!(code == 1 && said.contains("nowhere/out.jsonl.part cannot be written"), "{said}");
    assert_eq!(
        done(&machine, &["export", "list", "--tenant", "acme"]),
        serde_json::json!([]),
        "none was begun"
    );
    fs::write(machine.at("map.yaml"), "identifiers: {user_id: id}\ntraits: {name: nome}\n").unwrap();
    let import = |source: &str, more: &[&str]| {
        let words = ["import", "p.csv", "--tenant", "acme", "--source", source, "--map", "map.yaml"];
        machine.code(&[&words[..], more].concat(), &[])
    };
    fs::write(machine.at("p.csv"), "id,nome\r\n1,private-a\r\n2\r\n3,private-c\r\n").unwrap();
    assert_eq!(import("nowhere", &[]).0, 1, "there is no such source");
    fs::write(machine.at("precious.txt"), "mine").unwrap();
    for file in ["p.csv", "precious.txt"] {
        let (code, said) = import("crm", &["--rejects", file]);
        assert!(code == 1 && said.contains(&format!("{file} is there already")), "{said}");
    }
    assert_eq!(fs::read_to_string(machine.at("precious.txt")).unwrap(), "mine");
    assert_eq!(import("crm", &[]).0, 3);
    let rejects = fs::read_to_string(machine.at("p.rejects.csv")).unwrap();
    assert!(rejects.lines().nth(1).unwrap().starts_with("3,the row has 1 columns"), "{rejects}");

    fs::remove_file(machine.at("p.rejects.csv")).unwrap();
    fs::write(machine.at("p.csv"), "id,nome\n1,\"private-a\n2,private-b\n3,private-c\n").unwrap();
    let (code, said) = import("crm", &[]);
    assert_eq!((code, &json(&said)["rejected"]), (3, &serde_json::json!({"quote": 1})), "{said}");
    fs::remove_file(machine.at("p.rejects.csv")).unwrap();
    fs::write(machine.at("p.csv"), format!("id,nome\n1,\"{}\n", "a,b\n".repeat(6_000_000))).unwrap();
    let (code, said) = import("crm", &[]);
    assert!(code == 1 && said.contains("p.csv cannot be read"), "{said}");

    fs::write(machine.at("p.csv"), "id,nome\n1,private-a\n").unwrap();
    fs::write(machine.at("p.csv.import-state"), "not a state").unwrap();
    let (code, said) = import("crm", &[]);
    assert!(code == 1 && said.contains("--restart"), "{said}");
    assert_eq!(import("crm", &["--restart"]).0, 0, "as it said");
}

async fn flat_objects_go_by_a_map_and_messages_need_none(engine: Engine) {
    let machine = Machine::fresh(engine, "objects", Cluster::shared).await;
    acme(&machine);
    let map = "identifiers: {user_id: id}\ntraits: {name: person.name}\nignore: [at]\n";
    fs::write(machine.at("map.yaml"), map).unwrap();
    let objects = "{\"id\": 7, \"person\": {\"name\": \"private-seven\"}, \"at\": 1}\n\n{\"id\": 8, \"persona\": {}}\nnot json\n";
    fs::write(machine.at("people.jsonl"), objects).unwrap();
    let import = ["import", "people.jsonl", "--tenant", "acme", "--source", "crm"];
    let (code, said) = machine.code(&[&import[..], &["--map", "map.yaml"]].concat(), &[]);
    assert_eq!(
        (code, &json(&said)["rejected"]),
        (3, &serde_json::json!({"unmapped": 1, "unparsable": 1})),
        "{said}"
    );
    let rejects = fs::read_to_string(machine.at("people.rejects.jsonl")).unwrap();
    let lines: Vec<Value> = rejects.lines().map(json).collect();
    assert_eq!((&lines[0]["zelo_line"], &lines[0]["zelo_row"]["id"]), (&3.into(), &8.into()));
    assert_eq!(lines[1]["zelo_text"], "not json");
    let mended = rejects
        .lines()
        .next()
        .unwrap()
        .replace("persona", "person")
        .replace("{}", "{\"name\": \"private-eight\"}");
    fs::write(machine.at("mended.jsonl"), mended).unwrap();
    let (code, said) = machine
        .code(&["import", "mended.jsonl", "--tenant", "acme", "--source", "crm", "--map", "map.yaml"], &[]);
    assert_eq!((code, &json(&said)["taken"]), (0, &1.into()), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_brought_in_mended_and_taken_out_on_sqlite() {
    a_table_is_brought_in_mended_and_taken_out(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_brought_in_mended_and_taken_out_on_postgres() {
    a_table_is_brought_in_mended_and_taken_out(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_brings_a_table_is_told_what_does_not_fit_on_sqlite() {
    whoever_brings_a_table_is_told_what_does_not_fit(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn flat_objects_go_by_a_map_and_messages_need_none_on_sqlite() {
    flat_objects_go_by_a_map_and_messages_need_none(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_anybodys_is_written_over_and_no_row_swallows_others_on_sqlite() {
    nothing_of_anybodys_is_written_over_and_no_row_swallows_others(Engine::Sqlite).await;
}
