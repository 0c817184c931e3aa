//! What is said when it listens: where, and what to try first; and, in the development profile, what not to do.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use crate::{sample, terminal};

/// The newcomer's first query. Ana is made up.
const FIRST_QUERY: &str = "\
{
  profileByIdentifier(by: {kind: EMAIL, value: \"ana@example.com\"}) {
    id
    attributes { name value source }
    events(first: 5) { edges { node { name occurredAt source } } }
  }
}
";

const WARNING: &str = "\
WARNING: development profile. The root key lies beside the data it protects, so whoever copies
the data folder can read everything in it. Keep no real person's data here.";

const HOUR: Duration = Duration::from_hours(1);

/// What to say.
pub(super) struct Banner<'a> {
    pub(super) address: SocketAddr,
    pub(super) folder: &'a Path,
    pub(super) sample: bool,
}

impl Banner<'_> {
    /// Says it: to people, or to machines as one line of JSON.
    pub(super) fn show(&self, json: bool) {
        let url = self.url();
        terminal::say(&if json { serde_json::json!({ "url": url }).to_string() } else { self.text(&url) });
    }

    /// An address that stands for all of this machine's is shown as one that can be opened.
    fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip([127, 0, 0, 1].into());
        }
        format!("http://{address}")
    }

    fn text(&self, url: &str) -> String {
        let mut text = format!(
            "Zelo {} listens on {url}\n\n  \
             GraphQL   {url}/graphql   (to try it: {url}/graphiql)\n  \
             Intake    {url}/v1/batch\n  \
             Health    {url}/health  {url}/ready  {url}/metrics\n",
            env!("CARGO_PKG_VERSION")
        );
        if self.sample {
            let keys = sample::keys_file(self.folder);
            let keys = keys.display();
            let query: Vec<_> = FIRST_QUERY.split_whitespace().collect();
            let body = serde_json::json!({ "query": query.join(" ") });
            text = format!(
                "{text}  Keys      {keys}\n\n\
                 A first query, about somebody made up (`zelo sample drop` removes them all):\n\n  \
                 curl -s {url}/graphql -H 'Content-Type: application/json' \\\n    \
                 -H \"Authorization: Bearer $(sed -n 's/^developer = \"\\(.*\\)\"/\\1/p' '{keys}')\" \\\n    \
                 -d '{body}'\n"
            );
        }
        text
    }
}

/// Warns at once on the terminal, and in the log every hour.
pub(super) async fn warn_hourly(local: bool) {
    terminal::remark(&format!("\n{WARNING}\n"));
    if !local {
        tracing::warn!("the development profile listens beyond this machine");
    }
    loop {
        tokio::time::sleep(HOUR).await;
        tracing::warn!(
            "development profile: the root key lies beside the data; keep no real person's data here"
        );
    }
}
