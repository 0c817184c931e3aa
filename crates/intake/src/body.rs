//! From the wire to text, never holding more than the limit, packed or unpacked.

use std::error::Error as StdError;
use std::io::Read;

use axum::body::{Body, HttpBody, to_bytes};
use axum::http::{HeaderMap, header};
use flate2::bufread::MultiGzDecoder;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::answer::Refusal;

/// The most a body may be, as it arrives and as it unpacks. The largest any SDK sends (Rudder's) is 4 MB.
pub(crate) const MAX_BODY: usize = 4 * 1024 * 1024;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a body as text.
///
/// No JSON begins with gzip's magic bytes, so these alone say whether a body is packed: Rudder's Node SDK labels
/// gzipped JSON as a form, and proxies unpack a body and leave the header.
pub(crate) async fn read(headers: &HeaderMap, body: Body) -> Result<String, Refusal> {
    if !spoken(headers) {
        return Err(Refusal::Encoding);
    }
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(Refusal::TooLarge(MAX_BODY));
    }
    let packed = to_bytes(body, MAX_BODY).await.map_err(|error| {
        let too_large = error.source().is_some_and(<dyn StdError>::is::<LengthLimitError>);
        if too_large { Refusal::TooLarge(MAX_BODY) } else { Refusal::CutShort }
    })?;
    let bytes = if packed.starts_with(&GZIP) { unpack(&packed)? } else { packed.into() };
    let mut text =
        String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.utf8_error().valid_up_to()))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Lets a body pass by unseen: a client still sending when the answer comes would see a broken connection, and its
/// SDK would try again instead of saying that the key is wrong.
pub(crate) async fn drain(body: Body) {
    let mut body = Limited::new(body, MAX_BODY);
    while let Some(Ok(_)) = body.frame().await {}
}

fn spoken(headers: &HeaderMap) -> bool {
    let known = |name: &str| ["gzip", "x-gzip", "identity", ""].iter().any(|k| name.eq_ignore_ascii_case(k));
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| value.to_str().is_ok_and(|value| value.split(',').map(str::trim).all(known)))
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut reader = MultiGzDecoder::new(packed).take(MAX_BODY as u64 + 1);
    reader.read_to_end(&mut bytes).map_err(|_| Refusal::Gzip)?;
    if bytes.len() > MAX_BODY { Err(Refusal::TooLarge(MAX_BODY)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use axum::http::HeaderValue;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn read_as(encoding: Option<&'static str>, body: Vec<u8>) -> Result<String, Refusal> {
        let encoding = encoding.map(|value| (header::CONTENT_ENCODING, HeaderValue::from_static(value)));
        read(&HeaderMap::from_iter(encoding), Body::from(body)).await
    }

    #[tokio::test]
    async fn gzip_is_known_by_its_bytes_whatever_the_header_says() {
        let json = b"{\"batch\":[]}".to_vec();
        for encoding in [None, Some("gzip"), Some("X-GZIP"), Some("identity"), Some("")] {
            assert_eq!(read_as(encoding, gzip(&json)).await.unwrap().as_bytes(), json, "{encoding:?}");
            assert_eq!(read_as(encoding, json.clone()).await.unwrap().as_bytes(), json, "{encoding:?}");
        }
        for encoding in ["br", "deflate", "gzip, zstd"] {
            assert!(matches!(read_as(Some(encoding), json.clone()).await, Err(Refusal::Encoding)));
        }
    }

    #[tokio::test]
    async fn two_gzip_members_are_one_body_and_a_broken_one_is_none() {
        let two = [gzip(b"{\"a\":"), gzip(b"1}")].concat();
        assert_eq!(read_as(None, two).await.unwrap(), "{\"a\":1}");
        let mut cut = gzip(b"{\"a\":1}");
        cut.truncate(cut.len() - 6);
        for broken in [cut, GZIP.to_vec(), [gzip(b"{}"), b"garbage".to_vec()].concat()] {
            assert!(matches!(read_as(None, broken).await, Err(Refusal::Gzip)));
        }
    }

    #[tokio::test]
    async fn a_body_may_be_as_large_as_the_limit_and_no_larger_packed_or_not() {
        let (full, over) = (vec![b' '; MAX_BODY], vec![b' '; MAX_BODY + 1]);
        assert_eq!(read_as(None, gzip(&full)).await.unwrap().len(), MAX_BODY);
        assert_eq!(read_as(None, full).await.unwrap().len(), MAX_BODY);
        let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
        assert!(bomb.len() < MAX_BODY);
        for body in [gzip(&over), over, bomb] {
            assert!(matches!(read_as(None, body).await, Err(Refusal::TooLarge(MAX_BODY))));
        }
    }

    #[tokio::test]
    async fn a_byte_order_mark_is_dropped_and_other_encodings_are_refused_by_place() {
        assert_eq!(read_as(None, b"\xef\xbb\xbf{}".to_vec()).await.unwrap(), "{}");
        assert!(matches!(read_as(None, b"{\"a\":\"\xff\"}".to_vec()).await, Err(Refusal::NotUtf8(6))));
        assert!(matches!(read_as(None, b"\xff\xfe{\0}\0".to_vec()).await, Err(Refusal::NotUtf8(0))));
    }
}
