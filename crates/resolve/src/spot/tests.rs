//! What is spotted, and what is left alone.

use PersonalKind::{Card, Cpf, Email, Iban, Phone};

use super::*;

fn kinds(name: &str, text: &str) -> Vec<PersonalKind> {
    assert!(spot(name, text, None).is_empty() || may_hold(text.as_bytes()), "passed by: {text}");
    spot(name, text, Region::of("br")).into_iter().map(|one| one.kind).collect()
}

#[test]
fn what_says_who_somebody_is_is_spotted_in_the_midst_of_anything() {
    let cases = [
        ("ana@example.com", Email),
        ("ana＠example.com", Email),
        ("https://example.com/?to=ana%40example.com&x=1", Email),
        ("write to <bruno.lima+shop@mail.example.com.br>.", Email),
        ("529.982.247-25", Cpf),
        ("CPF: 52998224725.", Cpf),
        ("paid with 4111 1111 1111 1111 today", Card),
        ("4111111111111111", Card),
        ("3782-822463-10005", Card),
        ("5067 7286 5432 1012", Card),
        ("+351 912 345 678", Phone),
        ("call +55 (11) 98765-4321!", Phone),
        ("(11) 3456-7890", Phone),
        ("11 98765-4321", Phone),
        ("0044 20 7946 0958", Phone),
        ("212-555-0123", Phone),
        ("020 7946 0958", Phone),
        ("DE89 3704 0044 0532 0130 00", Iban),
        ("gb33bukb20201555555555", Iban),
        ("PT50 0002 0123 1234 5678 9015 4", Iban),
    ];
    for (text, kind) in cases {
        assert_eq!(kinds("note", text), [kind], "{text}");
    }
    assert_eq!(kinds("whatsapp", "11987654321"), [Phone], "its name says what it is");
    let both = kinds("note", "ana@example.com or +351 912 345 678");
    assert_eq!(both, [Email, Phone]);
}

#[test]
fn what_a_shop_numbers_is_left_alone() {
    let texts = [
        "50314b8e9bcf000000000000",
        "507f1f77bcf86cd799439011",
        "1769860800000",
        "2026-01-31 12:00:00",
        "2026-01-31T12:00:00.123456Z",
        "31/01/2026 12:00",
        "05-11-2024 10:30",
        "ORD-2026-000123456",
        "7891000315507",
        "00000000000000",
        "123e4567-e89b-12d3-a456-426614174000",
        "192.168.100.200",
        "10.0.19045.3693",
        "lodash@4.17.21",
        "https://cdn.example.com/logo@2x.png",
        "12.345.678/0001-95",
        "529.982.247-26",
        "4111 1111 1111 1112",
        "9876543210",
        "1234567890123456",
        "AB12CDEF34567890123",
        "129.90",
        "",
    ];
    for text in texts {
        assert_eq!(kinds("value", text), [], "{text}");
    }
}
