//! Headers as browsers, SDKs and forms send them.

use super::*;

fn with(name: HeaderName, value: &str) -> HeaderMap {
    HeaderMap::from_iter([(name, value.parse().unwrap())])
}

#[test]
fn the_client_chooses_the_form() {
    for (accept, form) in [
        ("application/graphql-response+json", Some(Form::GraphQl)),
        ("application/graphql-response+json; charset=utf-8, application/json;q=0.9", Some(Form::GraphQl)),
        ("application/json, application/graphql-response+json;q=0.9", Some(Form::Json)),
        ("application/json;q=0.5, application/graphql-response+json", Some(Form::GraphQl)),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Some(Form::Json)),
        ("*/*", Some(Form::Json)),
        ("", Some(Form::Json)),
        ("text/html", None),
        ("application/json;q=0", None),
        ("application/json; charset=utf-16", None),
    ] {
        assert_eq!(accepted(&with(ACCEPT, accept)).ok(), form, "{accept}");
    }
    assert_eq!(accepted(&HeaderMap::new()).ok(), Some(Form::Json));
}

#[test]
fn only_json_in_utf_8_comes_in() {
    for fine in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""]
    {
        assert!(sent(&with(CONTENT_TYPE, fine)).is_ok(), "{fine}");
    }
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=iso-8859-1",
        "text/plain; application/json",
    ] {
        let refusal = sent(&with(CONTENT_TYPE, bad)).unwrap_err();
        assert_eq!(refusal.status, Some(StatusCode::UNSUPPORTED_MEDIA_TYPE), "{bad}");
    }
    assert!(sent(&HeaderMap::new()).is_err());
}

#[test]
fn a_bearer_is_known_in_any_case_and_a_write_key_is_none() {
    assert_eq!(bearer(&with(AUTHORIZATION, "bearer abc")), Some("abc"));
    assert_eq!(bearer(&with(AUTHORIZATION, "Basic YWJjOg==")), None);
    assert_eq!(bearer(&HeaderMap::new()), None);
}
