//! Values that must go together.

use std::path::{Component, Path, PathBuf};

use url::Url;

use super::{Config, ConfigError, Profile};

pub(super) fn together(config: &Config) -> Result<(), ConfigError> {
    match (&config.data.url, &config.data.keys_url) {
        (None, None) => {}
        (Some(data), Some(keys)) => two_databases(data, keys)?,
        _ => {
            return Err(ConfigError::Together(
                "PostgreSQL needs both `data.url` and `data.keys_url`: the keys are never kept in the database of the data",
            ));
        }
    }
    if config.profile == Profile::Production {
        outside(config)?;
        if !config.server.listen.ip().is_loopback() && !config.server.behind_proxy {
            return Err(ConfigError::Together(
                "the production profile refuses to listen beyond this machine without TLS, where keys and people's data would pass in the clear: let a proxy that speaks TLS stand in front and say `server.behind_proxy = true`, or listen on 127.0.0.1",
            ));
        }
    }
    Ok(())
}

fn two_databases(data: &str, keys: &str) -> Result<(), ConfigError> {
    let (Ok(data), Ok(keys)) = (Url::parse(data), Url::parse(keys)) else {
        return Err(ConfigError::Together(
            "`data.url` and `data.keys_url` are PostgreSQL URLs, for example postgres://zelo@localhost/zelo",
        ));
    };
    if [&data, &keys].iter().any(|url| !matches!(url.scheme(), "postgres" | "postgresql")) {
        return Err(ConfigError::Together(
            "`data.url` and `data.keys_url` begin with postgres://; for SQLite give `data.dir` alone",
        ));
    }
    if database(&data) == database(&keys) {
        return Err(ConfigError::Together(
            "`data.url` and `data.keys_url` name the same database; a backup of it would hold the data and their keys together, so give the keys a database of their own",
        ));
    }
    Ok(())
}

/// Host, port and name: what makes a database the same one, whatever user or option stands in the URL.
pub(crate) fn database(url: &Url) -> (String, String, String) {
    let option =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let host = option("host").or_else(|| url.host_str().map(str::to_lowercase)).unwrap_or_default();
    let port = option("port").or_else(|| url.port().map(|port| port.to_string()));
    let name = option("dbname").unwrap_or_else(|| url.path().trim_start_matches('/').to_owned());
    let host = if host.is_empty() { "localhost".to_owned() } else { host };
    (host, port.unwrap_or_else(|| "5432".to_owned()), name)
}

/// A root key in the data folder is copied with the data, by whoever copies them.
fn outside(config: &Config) -> Result<(), ConfigError> {
    let Some(root) = &config.root.dir else {
        return Err(ConfigError::Together(
            "the production profile needs `root.dir`, a folder outside `data.dir`: a development root key in the data folder protects nothing",
        ));
    };
    let Some(anchor) = &config.audit.anchor else {
        return Err(ConfigError::Together(
            "the production profile needs `audit.anchor`, a file outside `data.dir`: without one, whoever owns the database could cut the log short unseen",
        ));
    };
    let data = resolved(&config.data.dir);
    if resolved(anchor).starts_with(&data) {
        return Err(ConfigError::Together(
            "the production profile refuses an anchor inside `data.dir`, where whoever changes the log changes it too: name a file outside it in `audit.anchor`",
        ));
    }
    if resolved(root).starts_with(data) {
        return Err(ConfigError::Together(
            "the production profile refuses a root key inside `data.dir`, where whoever copies the data copies it too: name a folder outside it in `root.dir`",
        ));
    }
    Ok(())
}

/// The path without links and `..`, as far as it exists already.
fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            part => {
                whole.push(part);
                whole = whole.canonicalize().unwrap_or(whole);
            }
        }
    }
    whole
}
