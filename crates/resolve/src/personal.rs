//! Whether a text reads like an identifier of a person: a guess on the safe side, for what would stand in the clear.

use unicode_normalization::UnicodeNormalization;

use crate::numbers::{has_iban, has_number};

/// Whether something in `text` looks like an e-mail address, a CPF, a payment card, a phone number, an IBAN or any
/// other long number.
pub fn looks_personal(text: &str) -> bool {
    let text: Vec<char> = text.nfkc().collect();
    has_email(&text) || has_iban(&text) || has_number(&text)
}

/// Whether `text` holds a UUID, which a machine gives to one thing or person.
pub(crate) fn looks_uuid(text: &str) -> bool {
    let shape = |word: &str| {
        let parts: Vec<&str> = word.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| part.bytes().all(|c| c.is_ascii_hexdigit()))
    };
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(shape)
}

/// Something, `@`, something with a dot inside.
fn has_email(text: &[char]) -> bool {
    let word = |c: &char| !c.is_whitespace() && *c != '@';
    let ats = text.iter().enumerate().filter(|(_, c)| **c == '@').map(|(at, _)| at);
    ats.into_iter().any(|at| {
        let domain: String = text[at + 1..].iter().take_while(|c| word(c)).collect();
        at > 0 && word(&text[at - 1]) && domain.trim_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_a_person_is_seen() {
        let texts = [
            "ana@example.com",
            "ana＠example.com",
            "write to <bruno.lima+shop@mail.example.com.br>",
            "529.982.247-25",
            "52998224725",
            "4111-1111-1111-1111",
            "3782 822463 10005",
            "+351 912 345 678",
            "+55 (11) 98765-4321",
            "+55 11 98765-4321",
            "(11) 3456-7890",
            "DE89 3704 0044 0532 0130 00",
            "gb33bukb20201555555555",
            "912345678",
        ];
        for text in texts {
            assert!(looks_personal(text), "{text}");
        }
    }

    #[test]
    fn what_finds_nobody_is_left_alone() {
        let texts = [
            "Order 12345 Completed",
            "2024-01-01 10:00:00",
            "2024-01-01 10",
            "20240101",
            "10.0.0.1",
            "111.111.111-11",
            "529.982.247-26",
            "4111 1111 1111 1112",
            "meet @ noon. ok",
            "v@home",
            "AB12 only a short code",
            "1 2 3 4 5 6 7 8 9 10 11",
            "Step (2) of 3",
            "Report (12) 2024-01-01",
            "",
        ];
        for text in texts {
            assert!(!looks_personal(text), "{text}");
        }
    }
}
