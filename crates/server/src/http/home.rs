//! The page somebody finds who opens the address in a browser.

use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse};

/// Says what this is and where to go, in Portuguese or English.
pub(super) async fn page(headers: HeaderMap) -> impl IntoResponse {
    let wanted =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (lang, what, graphiql, health, metrics) = if prefers_portuguese(wanted) {
        (
            "pt-BR",
            "Uma plataforma de dados de clientes que prova o que faz com dados pessoais.",
            "Experimentar o GraphQL",
            "Saúde",
            "Métricas",
        )
    } else {
        (
            "en",
            "A customer data platform that proves what it does with personal data.",
            "Try GraphQL",
            "Health",
            "Metrics",
        )
    };
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CONTENT_LANGUAGE, lang),
        (header::VARY, "Accept-Language"),
    ];
    let page = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Zelo</title>\n\
         <style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;\
         margin:15vh auto;padding:0 1rem}}</style>\n\
         <main>\n<h1>Zelo</h1>\n<p>{what}</p>\n<ul>\n<li><a href=\"/graphiql\">{graphiql}</a></li>\n\
         <li><a href=\"/health\">{health}</a></li>\n<li><a href=\"/metrics\">{metrics}</a></li>\n</ul>\n</main>\n</html>\n"
    );
    (headers, Html(page))
}

/// Whether Portuguese stands before English among the languages asked for.
fn prefers_portuguese(wanted: &str) -> bool {
    let languages = wanted.split(',').map(|one| one.split([';', '-']).next().unwrap_or_default().trim());
    languages.map(str::to_lowercase).find(|one| one == "pt" || one == "en").is_some_and(|one| one == "pt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_is_spoken() {
        assert!(prefers_portuguese("pt-BR,pt;q=0.9,en;q=0.8"));
        assert!(prefers_portuguese("fr, PT;q=0.5"));
        assert!(!prefers_portuguese("en-GB,en;q=0.9,pt;q=0.1"));
        assert!(!prefers_portuguese(""));
    }
}
