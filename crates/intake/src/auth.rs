//! Where SDKs put their write key: the user name of Basic, or `writeKey` in the body.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;

/// Some hand-written clients leave the padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The key in `Authorization: Basic b64(key:)`, with or without the colon; a password is ignored.
/// Any other header is as good as none.
pub(crate) fn basic(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(LENIENT.decode(credentials.trim()).ok()?).ok()?;
    let key = pair.split_once(':').map_or(pair.as_str(), |(user, _)| user);
    (!key.is_empty()).then(|| key.to_owned())
}

/// The `writeKey` at the top of a body.
pub(crate) fn write_key(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow, rename = "writeKey")]
        write_key: Option<Cow<'a, str>>,
    }
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let body: Body<'_> = serde_json::from_str(text).ok()?;
    body.write_key.filter(|key| !key.is_empty()).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn basic_of(value: &'static str) -> Option<String> {
        basic(&HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]))
    }

    #[test]
    fn the_key_is_found_with_and_without_the_colon() {
        let found = [
            "Basic d3JpdGUta2V5Og==",
            "Basic d3JpdGUta2V5",
            "basic d3JpdGUta2V5Og",
            "BASIC  d3JpdGUta2V5Og== ",
            "Basic d3JpdGUta2V5OnBhc3N3b3Jk",
        ];
        for value in found {
            assert_eq!(basic_of(value).as_deref(), Some("write-key"), "{value}");
        }
        for value in ["Basic", "Basic ", "Basic Og==", "Basic !!!", "Basic /w==", "Bearer d3JpdGUta2V5Og=="] {
            assert_eq!(basic_of(value), None, "{value}");
        }
        assert_eq!(basic(&HeaderMap::new()), None);
    }

    #[test]
    fn the_key_may_stand_in_the_body() {
        assert_eq!(write_key(r#" {"batch":[{"a":1}],"writeKey":"write\u002dkey"}"#).unwrap(), "write-key");
        let none = [
            r#"{"batch":[{"writeKey":"inner"}]}"#,
            r#"{"writeKey":""}"#,
            r#"{"writeKey":null}"#,
            r#"{"writeKey":7}"#,
            r#"["write-key"]"#,
            "write-key",
        ];
        for text in none {
            assert_eq!(write_key(text), None, "{text}");
        }
    }
}
