//! Event names stand in the clear, so a name must be a name and must not tell who it is about.

use unicode_normalization::char::is_combining_mark;

use crate::personal::{looks_personal, looks_uuid};

const MAX_NAME: usize = 100;

/// Why a text cannot be the name of an event. Never repeats it: it may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    /// Nothing in it.
    #[error("an event name must not be empty")]
    Empty,
    /// Too long to be a name.
    #[error("an event name has at most 100 characters")]
    TooLong,
    /// Starts with a space or a sign.
    #[error("an event name starts with a letter or a digit")]
    Start,
    /// A character no name needs.
    #[error("an event name holds letters, digits, spaces and _ . : / ( ) - only")]
    Character,
    /// Reads like an e-mail address, a document, card or phone number, or a machine's id.
    #[error(
        "an event name must not hold an identifier; put it in the event's properties, where it is sealed"
    )]
    LooksPersonal,
}

/// Checks the name of an event: `^[\p{L}\p{N}][\w .:/()-]{0,99}$`, where `\w` covers letters of every script, and
/// nothing in it looks like an identifier.
pub fn event_name(name: &str) -> Result<(), NameProblem> {
    let first = name.chars().next().ok_or(NameProblem::Empty)?;
    if looks_personal(name) || looks_uuid(name) {
        return Err(NameProblem::LooksPersonal);
    }
    if name.chars().nth(MAX_NAME).is_some() {
        return Err(NameProblem::TooLong);
    }
    if !first.is_alphanumeric() {
        return Err(NameProblem::Start);
    }
    let fits = |c: char| c.is_alphanumeric() || is_combining_mark(c) || "_ .:/()-".contains(c);
    if name.chars().all(fits) { Ok(()) } else { Err(NameProblem::Character) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_people_really_give_their_events_pass() {
        let names = [
            "Order Completed",
            "Order 12345 Completed",
            "Page 2024-01-01",
            "Report 2024-01-01 10:00:00",
            "Pedido concluído",
            "Última compra",
            "Pedido conclui\u{301}do",
            "Boleto (2ª via) emitido",
            "checkout.step_2/payment",
            "v1.20.3:Clicked",
            "404",
            "2FA enabled",
            "购买",
            "A",
        ];
        for name in names {
            assert_eq!(event_name(name), Ok(()), "{name}");
        }
        assert_eq!(event_name(&"x".repeat(100)), Ok(()));
    }

    #[test]
    fn names_that_tell_who_it_was_do_not() {
        let names = [
            "ana@example.com",
            "Login ana.souza@example.com",
            "Signup 529.982.247-25",
            "Signup 52998224725",
            "11987654321",
            "Paid 4111 1111 1111 1111",
            "Called (11) 98765-4321",
            "IBAN PT50 0002 0123 1234 5678 9015 4",
            "Viewed 550e8400-e29b-41d4-a716-446655440000",
        ];
        for name in names {
            assert_eq!(event_name(name), Err(NameProblem::LooksPersonal), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_told_why() {
        assert_eq!(event_name(""), Err(NameProblem::Empty));
        assert_eq!(event_name(&"x".repeat(101)), Err(NameProblem::TooLong));
        assert_eq!(event_name(" Order"), Err(NameProblem::Start));
        assert_eq!(event_name("(Order)"), Err(NameProblem::Start));
        for odd in ["Order\nCompleted", "Order\0", "Order {id}", "a\u{200b}b", "Order, paid"] {
            assert_eq!(event_name(odd), Err(NameProblem::Character), "{odd:?}");
        }
    }
}
