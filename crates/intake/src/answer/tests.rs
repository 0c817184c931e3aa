//! What an SDK gets to see.

use axum::body::to_bytes;
use serde_json::Value;
use zelo_model::Problem;

use super::*;

async fn seen(response: Response) -> (u16, Option<String>, Value) {
    let retry = response.headers().get(header::RETRY_AFTER).map(|value| value.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 4_096).await.unwrap();
    (status, retry, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn success_is_always_200_and_the_same_body() {
    assert_eq!(seen(success()).await, (200, None, json!({ "success": true })));
}

#[tokio::test]
async fn every_refusal_has_a_code_and_a_message() {
    let cases: [(Refusal, u16, &str); 14] = [
        (Refusal::TooLarge(4), 413, "too_large"),
        (Refusal::TooMany(2), 400, "too_many"),
        (Refusal::Encoding, 415, "unsupported_encoding"),
        (Refusal::Gzip, 400, "not_json"),
        (Refusal::CutShort, 400, "not_json"),
        (Refusal::NotJson { line: 1, column: 2 }, 400, "not_json"),
        (Refusal::Shape("`batch` must be an array of messages"), 400, "invalid"),
        (Fault::NoIdentifier.into(), 400, "no_identifier"),
        (Fault::TooLarge.into(), 400, "too_large"),
        (Error::Unauthenticated.into(), 401, "unauthenticated"),
        (Error::Forbidden.into(), 403, "forbidden"),
        (Error::PurposeRequired(vec![]).into(), 403, "purpose_required"),
        (Error::Invalid(vec![Problem::new("batch", "is wrong")]).into(), 400, "invalid"),
        (Error::Conflict("it is there already").into(), 409, "conflict"),
    ];
    for (refusal, status, code) in cases {
        let (message, stranger) = (refusal.to_string(), refusal.is_stranger());
        let expected = json!({ "code": code, "message": message });
        assert_eq!(seen(refusal.into()).await, (status, None, expected));
        assert_eq!(stranger, code == "unauthenticated", "{code}");
        assert!(!message.is_empty(), "{code}");
    }
}

#[tokio::test]
async fn what_was_not_stored_may_be_sent_again_in_a_second_and_the_cause_stays_here() {
    for error in [Error::unavailable("disk full"), Error::Stale] {
        let (status, retry, body) = seen(Refusal::from(error).into()).await;
        assert_eq!((status, retry.as_deref()), (503, Some("1")));
        assert_eq!(body["code"], "unavailable");
        assert!(!body.to_string().contains("disk"));
    }
}

#[tokio::test]
async fn what_is_broken_here_is_500_which_sdks_send_again_without_being_told_when() {
    let (status, retry, body) = seen(Refusal::from(Error::internal("a row does not open")).into()).await;
    assert_eq!((status, retry, &body["code"]), (500, None, &json!("internal")));
    assert!(!body.to_string().contains("row"));
}

#[tokio::test]
async fn other_paths_and_methods_answer_json_too() {
    assert_eq!(seen(not_found().await).await.2["code"], "not_found");
    let refused = method_not_allowed().await;
    assert_eq!(refused.headers()[header::ALLOW], "POST");
    let (status, _, body) = seen(refused).await;
    assert_eq!((status, &body["code"]), (405, &json!("method_not_allowed")));
}
