//! Reading the layers and naming what is wrong in them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::error::Kind;
use figment::providers::{Env, Format as _, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Error, Figment, Source};

use super::error::{Place, UnknownKey};
use super::{Config, ConfigError, Profile, check};

/// The file that is read when it is there.
const FILE: &str = "zelo.toml";
/// What every variable begins with.
const PREFIX: &str = "ZELO_";

/// What was said on the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--config`.
    pub(crate) config: Option<PathBuf>,
    /// `--listen`.
    pub(crate) listen: Option<SocketAddr>,
    /// `--data`.
    pub(crate) data: Option<PathBuf>,
    /// `--profile`.
    pub(crate) profile: Option<Profile>,
}

/// Reads the file, the environment and the flags, in this order of precedence: flags win.
pub(crate) fn load(flags: &Flags) -> Result<Config, ConfigError> {
    let path = flags.config.as_deref().unwrap_or(Path::new(FILE));
    if flags.config.is_some() && !path.is_file() {
        return Err(ConfigError::Missing(path.to_owned()));
    }
    // Variables of our own test run are no configuration, nor is the key somebody looks with.
    let ours =
        |name: &figment::value::UncasedStr| name == "python" || name == "key" || name.starts_with("test_");
    let environment = Env::prefixed(PREFIX).filter(move |name| !ours(name)).split("__");
    let mut figment = Figment::new();
    if path.exists() {
        figment = figment.merge(Toml::file_exact(path));
    }
    figment = figment.merge(environment);
    if let Some(listen) = flags.listen {
        figment = figment.merge(Serialized::default("server.listen", listen));
    }
    if let Some(data) = &flags.data {
        figment = figment.merge(Serialized::default("data.dir", data));
    }
    if let Some(profile) = flags.profile {
        figment = figment.merge(Serialized::default("profile", profile));
    }
    let tree: Dict = figment.extract().map_err(|error| explain(&figment, error))?;
    let unknown = unknown_keys(&figment, &tree);
    if !unknown.is_empty() {
        return Err(ConfigError::Unknown(unknown));
    }
    let config = figment.extract().map_err(|error| explain(&figment, error))?;
    check::together(&config)?;
    Ok(config)
}

/// Every key there is, dotted.
fn known_keys() -> Vec<String> {
    let defaults = Value::serialize(Config::default()).ok().and_then(Value::into_dict).unwrap_or_default();
    leaves(&defaults)
}

fn leaves(tree: &Dict) -> Vec<String> {
    let mut keys = Vec::new();
    for (key, value) in tree {
        match value {
            Value::Dict(_, below) => {
                keys.extend(leaves(below).into_iter().map(|rest| format!("{key}.{rest}")));
            }
            _ => keys.push(key.clone()),
        }
    }
    keys
}

fn unknown_keys(figment: &Figment, tree: &Dict) -> Vec<UnknownKey> {
    let known = known_keys();
    let is_known = |key: &String| known.iter().any(|one| one == key || one.starts_with(&format!("{key}.")));
    let strange = leaves(tree).into_iter().filter(|key| !is_known(key));
    strange.map(|key| UnknownKey { at: place(figment, &key), nearest: nearest(&key, &known), key }).collect()
}

/// The known key that was probably meant: the one whose last word reads most alike.
fn nearest(key: &str, known: &[String]) -> Option<String> {
    let word = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let alike = |one: &String| strsim::jaro_winkler(&word(key), &word(one));
    let best = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (alike(best) > 0.75).then(|| best.clone())
}

fn place(figment: &Figment, key: &str) -> Place {
    let metadata = figment.find_metadata(key);
    match metadata.and_then(|metadata| metadata.source.as_ref()) {
        Some(Source::File(path)) => Place::File(path.clone()),
        _ if metadata.is_some_and(|metadata| metadata.name.contains("environment")) => {
            Place::Variable(format!("{PREFIX}{}", key.replace('.', "__").to_uppercase()))
        }
        _ => Place::Flag,
    }
}

fn explain(figment: &Figment, error: Error) -> ConfigError {
    let key = error.path.join(".");
    let at = match error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()) {
        Some(Source::File(path)) => Place::File(path.clone()),
        _ => place(figment, &key),
    };
    match error.kind {
        Kind::Message(why) if key.is_empty() => ConfigError::Unreadable { at, why: one_line(&why) },
        Kind::Message(why) => ConfigError::Value { key, at, why: one_line(&why) },
        Kind::UnknownVariant(_, known) => {
            ConfigError::Value { key, at, why: format!("it is one of {}", known.join(", ")) }
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            ConfigError::Value { key, at, why: format!("expected {expected}") }
        }
        other => ConfigError::Value { key, at, why: one_line(&other.to_string()) },
    }
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
