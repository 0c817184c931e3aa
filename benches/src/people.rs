//! Made-up people and what they do, the same in every run, in messages as a browser's SDK sends them: about 1 KB.

use zelo_model::Timestamp;

use crate::KNOWN;

/// 2026-01-01T00:00:00Z; the n-th message is of n × 10 ms later.
const BEGIN: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

const CONTEXT: &str = r#""context":{"library":{"name":"analytics.js","version":"npm:next-1.81.0"},"locale":"pt-BR","timezone":"America/Sao_Paulo","userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","page":{"path":"/produtos/cafe","referrer":"https://www.example.com/","search":"?ordem=preco","title":"Café em grãos | Loja Exemplo","url":"https://www.example.com/produtos/cafe?ordem=preco"}}"#;

/// A person's address.
pub fn email(person: usize) -> String {
    format!("person{person}@example.com")
}

/// A person's telephone, as it is matched on (E.164).
pub fn phone(person: usize) -> String {
    format!("+55819{person:08}")
}

/// What the shop calls a person.
pub fn user_id(person: usize) -> String {
    format!("user-{person:08}")
}

/// When the n-th message happened.
pub fn time(n: usize) -> Timestamp {
    BEGIN.plus(i64::try_from(n).unwrap_or_default() * 10_000)
}

/// The traits a person gives.
pub fn traits(person: usize) -> String {
    let city = ["Recife", "Lisboa", "Porto", "São Paulo", "Belém"][person % 5];
    format!(
        r#"{{"email":"{}","firstName":"Pessoa","lastName":"Número {person}","phone":"+55 81 9{person:08}","city":"{city}","language":"pt-BR","plan":"{}","createdAt":"2025-{:02}-01T09:00:00Z","username":"pessoa-{person}","street":"Rua do Exemplo {}"}}"#,
        email(person),
        ["free", "plus", "family"][person % 3],
        person % 12 + 1,
        person % 1000,
    )
}

/// The properties of the n-th event.
pub fn properties(n: usize) -> String {
    let price = n % 90 + 10;
    format!(
        r#"{{"product_id":"p-{0:05}","sku":"CAF-{0:05}","category":"Mercearia","name":"Café em grãos {0}","brand":"Exemplo","variant":"500 g","price":{price}.90,"quantity":{1},"currency":"BRL","coupon":"PRIMEIRA","position":{2},"url":"https://www.example.com/produtos/cafe-{0}","image_url":"https://static.example.com/cafe-{0}.webp"}}"#,
        n % 5000,
        n % 3 + 1,
        n % 20,
    )
}

/// The id the SDK gives the n-th message.
pub fn message_id(n: usize) -> String {
    format!("ajs-next-1767225600000-{n:016x}-4f1c-9a52")
}

/// The n-th message: somebody says who they are.
pub fn identify(person: usize, n: usize) -> String {
    message("identify", person, n, &format!(r#""traits":{}"#, traits(person)))
}

/// The n-th message: somebody looks at a product.
pub fn track(person: usize, n: usize) -> String {
    message("track", person, n, &format!(r#""event":"Product Viewed","properties":{}"#, properties(n)))
}

fn message(kind: &str, person: usize, n: usize, what: &str) -> String {
    format!(
        r#"{{"type":"{kind}","messageId":"{}","userId":"{}","timestamp":"{}",{what},"integrations":{{}},{CONTEXT}}}"#,
        message_id(n),
        user_id(person),
        time(n),
    )
}

/// Who sends the n-th message when so many of a hundred come from people never seen before.
pub fn author(n: usize, new_percent: usize) -> usize {
    // Multiplying by an odd number mixes the high bits well enough to spread the known people evenly.
    let mixed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    if (mixed >> 24) % 100 < new_percent as u64 {
        KNOWN + n
    } else {
        usize::try_from(mixed >> 40).unwrap_or_default() % KNOWN
    }
}

/// A body as an SDK posts it.
pub fn body(items: &[String]) -> String {
    format!(r#"{{"batch":[{}],"sentAt":"{}"}}"#, items.join(","), time(1 << 30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_about_a_kilobyte_and_half_the_people_are_new_when_half_should_be() {
        let event = track(7, 1_234_567);
        assert!((900..1_200).contains(&event.len()), "{}", event.len());
        serde_json::from_str::<serde_json::Value>(&event).unwrap();
        serde_json::from_str::<serde_json::Value>(&identify(7, 1)).unwrap();
        let new = (0..10_000).filter(|n| author(*n, 50) >= KNOWN).count();
        assert!((4_800..5_200).contains(&new), "{new}");
        assert!((0..10_000).all(|n| author(n, 0) < KNOWN));
    }
}
