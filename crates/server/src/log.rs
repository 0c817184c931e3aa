//! What is written to standard error, and what never is: nothing personal, no panic's message, no library's detail.

use std::panic;

use tracing::Level;
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

use crate::config::{ConfigError, Format, Log, Place};

/// Starts logging. Libraries are held at `info` whatever the filter says: below it they write statements, headers
/// and bodies.
pub(crate) fn start(log: &Log) -> Result<(), ConfigError> {
    let filter = EnvFilter::try_new(&log.filter).map_err(|error| ConfigError::Value {
        key: "log.filter".to_owned(),
        at: Place::Configuration,
        why: error.to_string(),
    })?;
    let held = filter_fn(|metadata| may_speak(metadata.target(), *metadata.level()));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        Format::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        Format::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // A second start in one process (tests) keeps the first.
    let _ = tracing_subscriber::registry().with(lines.with_filter(held)).with(filter).try_init();
    panic::set_hook(Box::new(|panicked| {
        // The message may quote what was being worked on; the place is enough to find the bug.
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a bug: something panicked");
    }));
    Ok(())
}

/// Our own rooms say what they are asked to; everybody else at most `info`.
fn may_speak(target: &str, level: Level) -> bool {
    target.starts_with("zelo") || level <= Level::INFO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_never_say_more_than_info() {
        assert!(may_speak("zelo_server::http", Level::TRACE));
        assert!(may_speak("sqlx::query", Level::INFO));
        for library in ["sqlx::query", "sea_orm::driver", "hyper::proto", "h2", "async_graphql", "log"] {
            assert!(!may_speak(library, Level::DEBUG), "{library}");
        }
    }
}
