//! Every golden vector, and what holds for all normal forms.

use proptest::prelude::*;
use serde::Deserialize;
use zelo_model::{Blocked, Identifier, IdentifierKind, MatchRules};
use zelo_resolve::{NORMAL_FORMS, NormalError, Region, blocked, normalize, normalize_in};

#[derive(Deserialize)]
struct Golden {
    version: u32,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    kind: String,
    raw: String,
    normal: Option<String>,
    error: Option<String>,
    region: Option<String>,
    #[serde(default)]
    note: String,
}

#[test]
fn every_golden_vector_gives_its_answer() {
    let golden: Golden = serde_json::from_str(include_str!("normal-forms.json")).unwrap();
    assert_eq!(golden.version, NORMAL_FORMS, "another normal form is another index epoch");
    assert!(golden.vectors.len() > 140);
    for vector in golden.vectors {
        let kind: IdentifierKind = vector.kind.parse().unwrap();
        let expected = vector.normal.ok_or(vector.error);
        let region = vector.region.as_deref().and_then(Region::of);
        let got = normalize_in(kind, &vector.raw, region).map_err(|error| Some(error.slug().to_owned()));
        assert_eq!(got, expected, "{kind} {:?} {}", vector.raw, vector.note);
    }
}

proptest! {
    #[test]
    fn ids_stay_what_the_source_said(raw in "\\PC{1,100}") {
        prop_assert_eq!(normalize(IdentifierKind::UserId, &raw), Ok(raw.clone()));
        prop_assert_eq!(normalize(IdentifierKind::AnonymousId, &raw), Ok(raw));
    }

    #[test]
    fn a_normal_form_is_its_own_normal_form(raw in "[ -~\\PC]{1,12}@[a-zA-ZÀ-ÿ0-9-]{1,8}\\.[a-z]{2,3}") {
        if let Ok(normal) = normalize(IdentifierKind::Email, &raw) {
            prop_assert_eq!(normalize(IdentifierKind::Email, &normal), Ok(normal));
        }
    }

    #[test]
    fn no_text_makes_it_stumble(raw in "\\PC{0,40}@?\\PC{0,40}") {
        let _ = normalize(IdentifierKind::Email, &raw);
        let _ = zelo_resolve::event_name(&raw);
        let _ = zelo_resolve::looks_personal(&raw);
    }

    #[test]
    fn no_number_makes_it_stumble_and_its_normal_form_is_its_own(raw in "[-0-9+ ./()]{0,40}|tel:[0-9+]{0,20}|[0-9A-Z./-]{9,18}") {
        for kind in IdentifierKind::ALL {
            for region in [None, Region::of("br"), Region::of("pt"), Region::of("us")] {
                if let Ok(normal) = normalize_in(kind, &raw, region) {
                    prop_assert_eq!(normalize(kind, &normal), Ok(normal));
                }
            }
        }
    }

    #[test]
    fn case_and_width_of_an_ascii_address_say_nothing(local in "[a-z0-9.+_-]{1,20}", host in "[a-z0-9]{1,10}") {
        let plain = format!("{local}@{host}.example");
        let wide: String = plain.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        let normal = Ok(plain.clone());
        prop_assert_eq!(normalize(IdentifierKind::Email, &plain.to_uppercase()), normal.clone());
        prop_assert_eq!(normalize(IdentifierKind::Email, &wide), normal);
    }
}

#[test]
fn values_that_say_nothing_are_blocked_and_others_are_not() {
    let blocked_values =
        vec![Blocked::Value("null".into()), Blocked::Value("-1".into()), Blocked::OnlyOf("0-".into())];
    let rules = MatchRules {
        kinds: [].into(),
        traits: vec![],
        blocked: blocked_values,
        max_records: 200,
        max_identifiers: 50,
    };
    let is_blocked = |value: &str| {
        let normal = normalize(IdentifierKind::UserId, value).unwrap();
        blocked(&rules, &Identifier { kind: IdentifierKind::UserId, space: "main".into(), normal })
    };
    for value in ["null", "NULL", " Null ", "-1", "0", "00000000-0000-0000-0000-000000000000", "---", " "] {
        assert!(is_blocked(value), "{value:?}");
    }
    for value in ["42", "-10", "nullable", "0x0", "anonymous"] {
        assert!(!is_blocked(value), "{value:?}");
    }
    assert_eq!(normalize(IdentifierKind::UserId, ""), Err(NormalError::Empty));
}
