//! GraphiQL, served from this binary: the page asks nothing of any other server.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// What the page is filled in with.
#[derive(Debug, Clone, Default)]
pub struct GraphiqlOptions {
    /// The headers editor's text, a JSON object. A key in it is shown to whoever opens the page: for development
    /// only, and even then it is left out unless the page was asked for under a loopback name.
    pub default_headers: Option<String>,
    /// The first query; empty gives a small one.
    pub default_query: String,
}

const FIRST_QUERY: &str = "# Who has this e-mail address?
# And where does each datum come from?
query Person {
  profileByIdentifier(
    by: { kind: EMAIL, value: \"ana@example.com\" }
  ) {
    id
    attributes { name value category source }
    events(first: 5) {
      edges { node { name occurredAt properties } }
    }
    withheld { path code hint }
  }
}
";

/// Nothing from anywhere else; fonts and icons stand in the style sheet as data.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("../assets/graphiql/page.html");

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// Every file of the page, with its media type.
const FILES: &[(&str, &str, &[u8])] = &[
    ("page.js", JS, include_bytes!("../assets/graphiql/page.js")),
    ("page.css", CSS, include_bytes!("../assets/graphiql/page.css")),
    ("graphiql.min.js", JS, include_bytes!("../assets/graphiql/graphiql.min.js")),
    ("graphiql.min.css", CSS, include_bytes!("../assets/graphiql/graphiql.min.css")),
    ("react.production.min.js", JS, include_bytes!("../assets/graphiql/react.production.min.js")),
    ("react-dom.production.min.js", JS, include_bytes!("../assets/graphiql/react-dom.production.min.js")),
    ("LICENSE-graphiql", TEXT, include_bytes!("../assets/graphiql/LICENSE-graphiql")),
    ("LICENSE-react", TEXT, include_bytes!("../assets/graphiql/LICENSE-react")),
    ("NOTICES.txt", TEXT, include_bytes!("../assets/graphiql/NOTICES.txt")),
];

/// `/graphiql` and its files.
pub(crate) fn routes(options: GraphiqlOptions) -> Router {
    Router::new()
        .route("/graphiql", get(page))
        .route("/graphiql/{file}", get(file))
        .with_state(Arc::new(options))
}

async fn page(State(options): State<Arc<GraphiqlOptions>>, headers: HeaderMap) -> Response {
    let filled = options.default_headers.as_deref().filter(|_| is_loopback(&headers));
    let query = if options.default_query.is_empty() { FIRST_QUERY } else { &options.default_query };
    let page =
        PAGE.replace("{query}", &escape(query)).replace("{headers}", &escape(filled.unwrap_or_default()));
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, page).into_response()
}

async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some(&(_, kind, bytes)) => {
            let headers: [(HeaderName, &str); 3] = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "max-age=3600"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ];
            (headers, bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether the page was asked for by a name of this machine: a page elsewhere that has its own name point here (DNS
/// rebinding) asks by that name, and gets no key.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    matches!(name.map_or(host, |(name, _)| name), "localhost" | "127.0.0.1" | "[::1]")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_filled_in_for_names_of_this_machine_only() {
        for (host, local) in [
            ("localhost:8080", true),
            ("127.0.0.1", true),
            ("[::1]:8080", true),
            ("zelo.example.com", false),
            ("localhost.example.com:8080", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            assert_eq!(is_loopback(&headers), local, "{host}");
        }
    }

    #[test]
    fn the_page_names_no_other_origin_and_only_files_we_have() {
        for (_, after) in PAGE
            .match_indices("src=\"")
            .chain(PAGE.match_indices("href=\""))
            .map(|(at, tag)| PAGE.split_at(at + tag.len()))
        {
            let link = after.split('"').next().unwrap();
            let known = link
                .strip_prefix("graphiql/")
                .is_some_and(|file| FILES.iter().any(|(name, ..)| *name == file));
            assert!(known || link == "data:,", "{link}");
        }
    }

    #[test]
    fn what_is_filled_in_cannot_leave_its_attribute() {
        assert_eq!(escape(r#"{"a": "<b>&"}"#), "{&quot;a&quot;: &quot;&lt;b&gt;&amp;&quot;}");
    }
}
