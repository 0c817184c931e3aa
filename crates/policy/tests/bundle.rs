//! The real bundle loads; one with a mistake is refused as a whole, with file, line and remedy.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use std::collections::BTreeSet;
use std::fs;

use common::{copy, real, refuses, with};
use tempfile::TempDir;
use zelo_model::{Blocked, IdentifierKind, Window};
use zelo_policy::{Bundle, Engine, Gaps, OnErasure, Protection, Sensitivity};

mod common;

#[test]
fn the_real_bundle_loads_the_same_from_program_and_folder() {
    let embedded = Bundle::embedded().unwrap();
    assert_eq!(embedded.digest(), Bundle::load(&real()).unwrap().digest());
    assert_eq!(embedded.digest().len(), 64);
    let files: Vec<&str> = embedded.files().map(|(path, _)| path).collect();
    assert!(files.contains(&"access/officer.cedar") && files.contains(&"purposes/billing.yaml"));
    assert!(!files.contains(&"README.md") && !files.contains(&"permissions.txt"));
}

#[test]
fn attributes_find_their_category_by_name_part_and_spelling() {
    let bundle = Bundle::embedded().unwrap();
    let cases = [
        ("email", "email"),
        ("firstName", "name"),
        ("first_name", "name"),
        ("address.city", "address"),
        ("address.geo.lat", "address"),
        ("cpf", "national_id"),
        ("favouriteColour", "undeclared"),
        ("", "undeclared"),
    ];
    for (name, key) in cases {
        assert_eq!(bundle.category_of_trait(name).key, key, "{name}");
    }
    assert_eq!(bundle.category("health").unwrap().sensitivity, Sensitivity::Sensitive);
}

#[test]
fn the_rules_of_who_is_who_are_those_of_the_file() {
    let bundle = Bundle::embedded().unwrap();
    let rules = bundle.matching();
    let [user, anonymous, email, phone, cpf, cnpj, nif] = IdentifierKind::ALL.map(|kind| rules.kind(kind));
    assert!(user.priority > email.priority && email.priority > anonymous.priority);
    assert_eq!((user.limit_per_profile, user.window), (1, Window::Ever));
    assert_eq!((email.limit_per_profile, anonymous.limit_per_profile), (5, 5));
    assert_eq!((cpf.limit_per_profile, nif.limit_per_profile), (1, 1), "nobody has two");
    assert!(!phone.unique && !cnpj.unique, "a household shares one, and a company");
    let named = |name: &str| {
        let of = rules.traits.iter().filter(|(other, _)| other == name).map(|(_, kind)| kind.slug());
        of.collect::<Vec<_>>()
    };
    assert_eq!(named("taxId"), ["cpf", "nif", "cnpj"], "the check digits tell which");
    assert_eq!((named("email"), named("telefone")), (vec!["email"], vec!["phone"]));
    assert_eq!((rules.max_records, rules.max_identifiers), (200, 50));
    assert!(rules.blocked.contains(&Blocked::Value("null".into())));
    assert!(rules.blocked.contains(&Blocked::OnlyOf("0-".into())));
}

#[test]
fn every_personal_column_of_a_record_is_sealed_and_shredded() {
    let bundle = Bundle::embedded().unwrap();
    for table in ["record", "event", "quarantine"] {
        let body = bundle.data_map().column(table, "body").unwrap();
        assert_eq!((body.protection, body.on_erasure), (Protection::Sealed, OnErasure::Shred), "{table}");
    }
}

#[test]
fn a_column_nobody_classified_and_one_that_is_gone_are_named() {
    let bundle = Bundle::embedded().unwrap();
    let map = bundle.data_map();
    let pair = |table: &str, column: &str| (table.to_owned(), column.to_owned());
    let real = |engine| {
        let wanted = map.gaps(engine, &BTreeSet::new()).vanished;
        wanted.into_iter().collect::<BTreeSet<_>>()
    };
    let (sqlite, postgres) = (real(Engine::Sqlite), real(Engine::Postgres));
    assert!(sqlite.contains(&pair("surrogate", "last")) && !postgres.contains(&pair("surrogate", "last")));
    assert!(postgres.contains(&pair("pending_read_leaf", "xid")));
    assert_eq!(map.gaps(Engine::Sqlite, &sqlite), Gaps::default());

    let mut changed = sqlite;
    changed.remove(&pair("event", "body"));
    changed.insert(pair("event", "mood"));
    let gaps = map.gaps(Engine::Sqlite, &changed);
    assert_eq!(
        gaps,
        Gaps { unclassified: vec![pair("event", "mood")], vanished: vec![pair("event", "body")] }
    );
}

#[test]
fn a_mistake_is_refused_with_file_line_and_remedy() {
    refuses(
        "taxonomy/categories.yaml",
        ("sensitivity: ordinary, fides: user.name,", "sensitive_: ordinary, fides: user.name,"),
        "key: name,",
        "unknown field \"sensitive_\"; known fields are key, label, sensitivity, fides, \
         no_fides, dpv, no_dpv",
    );
    refuses(
        "taxonomy/categories.yaml",
        ("key: username,", "key: name,"),
        "key: username,",
        "\"key: name\" is there twice; keep one of the two",
    );
    refuses(
        "taxonomy/categories.yaml",
        ("{pt-BR: \"Foto\", en: \"Photo\"}", "{en: \"Photo\"}"),
        "key: photo,",
        "field \"pt-BR\" is missing; add \"pt-BR\"",
    );
    refuses(
        "data-map.yaml",
        ("    phone: phone\n", "    phone: fone\n"),
        "    phone: phone",
        "unknown category \"fone\"; use a key of taxonomy/categories.yaml, or add it there",
    );
    refuses(
        "data-map.yaml",
        ("    username: username\n", "    first_name: name\n"),
        "    username: username",
        "attribute \"first_name\" is there twice, perhaps in another spelling; keep one of them",
    );
    refuses(
        "data-map.yaml",
        ("protection: indexed", "protection: hidden"),
        "protection: indexed,",
        "\"hidden\" is not a known word here; write one of sealed, indexed, hashed, wrapped, clear",
    );
    refuses(
        "data-map.yaml",
        ("category: mixed, protection: sealed", "category: mixed, protection: clear"),
        "category: mixed, protection: sealed",
        "column \"body\" cannot be shredded, for it is not sealed; seal it, or write on_erasure: delete",
    );
    refuses(
        "data-map.yaml",
        ("owner: membership.record", "owner: membership.person"),
        "owner: membership.record",
        "owner \"membership.person\" is no column of the map; write a column of profile, table.column of another \
         table, or nobody",
    );
}

#[test]
fn a_mistake_in_the_rules_of_who_is_who_is_refused_too() {
    refuses(
        "matching.yaml",
        ("  email:  ", "  e_mail: "),
        "  email:  ",
        "unknown kind of identifier \"e_mail\"; the kinds are user_id, anonymous_id, email, phone, \
         cpf, cnpj, nif",
    );
    refuses(
        "matching.yaml",
        ("{count: 1, window: ever}", "{count: 2, window: ever}"),
        "  user_id:",
        "a profile cannot hold several user_id; write {count: 1, window: ever}: two of one id space are two people, \
         always",
    );
    refuses(
        "matching.yaml",
        ("priority: 10", "priority: 20"),
        "  anonymous_id:",
        "email and anonymous_id have the same priority; when they disagree one of them must give way; write \
         different numbers",
    );
    refuses(
        "matching.yaml",
        ("login: true, immutable: true}", "login: true, immutable: true, traits: [id]}"),
        "  user_id:",
        "no trait can be a user_id; leave `traits` out: it is a field of the message",
    );
    refuses(
        "expiry.yaml",
        ("quarantine: 14", "quarantine: 0"),
        "quarantine:",
        "kept for no day at all; write at least 1: what is gone at once cannot be looked at, linked or recognised",
    );
    refuses(
        "matching.yaml",
        ("window: week", "window: day"),
        "window: week}",
        "\"day\" is not a known word here; write one of ever, week, month, year",
    );
}

#[test]
fn a_bundle_that_is_not_whole_is_refused() {
    let folder = copy();
    fs::remove_file(folder.path().join("matching.yaml")).unwrap();
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "policies/matching.yaml: is missing; a bundle is loaded whole; restore the file");

    let folder = copy();
    fs::write(folder.path().join("matching.yml"), "kinds: {}").unwrap();
    let error = Bundle::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.starts_with("policies/matching.yml: nothing reads this file; move it elsewhere"),
        "{error}"
    );
}

#[test]
fn the_digest_changes_with_any_byte_of_any_policy_and_with_nothing_else() {
    let digest = |folder: &TempDir| Bundle::load(folder.path()).unwrap().digest().to_owned();
    let untouched = digest(&copy());
    let mut seen = vec![untouched.clone()];
    for (file, _) in Bundle::embedded().unwrap().files() {
        let comment = match file.rsplit('.').next() {
            Some("cedar") => "//\n",
            // Of a notice, not a byte can change: tests/notices.rs.
            Some("md") if file.starts_with("notices/") => continue,
            Some("md") => "# .\n",
            _ => "#\n",
        };
        let changed = digest(&with(file, "", comment));
        assert!(!seen.contains(&changed), "{file}");
        seen.push(changed);
    }
    let folder = copy();
    for other in ["README.md", "permissions.txt", ".draft", "taxonomy/README.md"] {
        fs::write(folder.path().join(other), "not a policy").unwrap();
    }
    assert_eq!(digest(&folder), untouched);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = copy();
    let elsewhere = folder.path().join("polices");
    let error = Bundle::load(&elsewhere).unwrap_err().to_string();
    assert!(error.contains(&format!("{} cannot be read (entity not found)", elsewhere.display())), "{error}");
}
