//! The map of a file: which columns say who, which say what, and how they are written. People write it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use encoding_rs::{Encoding, UTF_8};
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use zelo_app::event_name;
use zelo_model::Timestamp;

use super::time::{Clock, tells_a_day};

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {problem}", path.display(), line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct MapError {
    path: PathBuf,
    line: Option<usize>,
    problem: String,
}

/// A map, read and found to make sense.
#[derive(Clone)]
pub struct Map {
    pub(super) wire: MapFile,
    pub(super) clock: Clock,
    encoding: &'static Encoding,
    delimiter: Option<u8>,
}

/// Says which columns of a file are what. A column is named as the head of the table names it; in an object it is a key,
/// or a path of keys joined by dots.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MapFile {
    /// How a table's text is written: `utf-8` unless said otherwise; `windows-1252` for what older spreadsheets save.
    pub encoding: Option<String>,
    /// What separates a table's columns: `,` unless said otherwise, in a `.tsv` a tab; `tab` is one, too.
    pub delimiter: Option<String>,
    /// The decimal mark of numbers: `.` unless said otherwise.
    #[serde(default)]
    pub decimal: Mark,
    /// The time zone of times that say none: a name such as `America/Sao_Paulo`, or an offset such as `-03:00`.
    pub zone: Option<String>,
    /// What an empty cell says: nothing, or that the value was taken back.
    #[serde(default)]
    pub empty: Empty,
    /// Cells that are as good as empty, such as `-` or `N/A`.
    #[serde(default)]
    pub empty_values: Vec<String>,
    /// Columns to leave where they are, or `all` that are not mapped.
    #[serde(default)]
    pub ignore: Ignore,
    /// The columns that tell a row from every other, also in the next file: with it a row that is brought twice counts once.
    pub message_id: Option<Names>,
    /// When rows were true that do not say when (RFC 3339); the file's own time of change unless said otherwise.
    pub as_of: Option<String>,
    /// Who a row is about: the column of each kind of identifier. One of `user_id` and `anonymous_id` is needed.
    pub identifiers: BTreeMap<Kind, String>,
    /// What a row says of them: by the trait's name, a column or more about it. A name with dots makes an object.
    #[serde(default)]
    pub traits: BTreeMap<String, Field>,
    /// When a row was true, or happened.
    pub time: Option<Field>,
    /// What a row says they did.
    #[serde(default)]
    pub events: Vec<EventMap>,
}

/// A kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The source's id for somebody.
    UserId,
    /// The source's id for a device or browser.
    AnonymousId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A Brazilian person's tax number.
    Cpf,
    /// A Brazilian company's tax number.
    Cnpj,
    /// A Portuguese tax number.
    Nif,
}

impl Kind {
    /// The trait that carries it; `None` for those that have a place of their own in a message.
    pub(super) const fn carried_as(self) -> Option<&'static str> {
        match self {
            Self::UserId | Self::AnonymousId => None,
            Self::Email => Some("email"),
            Self::Phone => Some("phone"),
            Self::Cpf => Some("cpf"),
            Self::Cnpj => Some("cnpj"),
            Self::Nif => Some("nif"),
        }
    }
}

/// A decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
pub enum Mark {
    /// As programs write it.
    #[default]
    #[serde(rename = ".")]
    Point,
    /// As Brazil and most of Europe write it.
    #[serde(rename = ",")]
    Comma,
}

/// What an empty cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Empty {
    /// Nothing.
    #[default]
    Omit,
    /// That the value was taken back.
    Clear,
}

/// Columns to leave where they are.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Ignore {
    /// None.
    #[default]
    #[serde(skip)]
    Nothing,
    /// All that are not mapped.
    All(All),
    /// These.
    Columns(Vec<String>),
}

/// The word `all`.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum All {
    /// All.
    All,
}

/// One column or several.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several, which together tell rows apart.
    Several(Vec<String>),
}

impl Names {
    pub(super) fn each(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// A column, or more about it.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Field {
    /// A column, taken as it is.
    Column(String),
    /// More about it.
    Detail(Box<Detail>),
}

/// Where a value comes from and what it is.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// The column.
    pub column: Option<String>,
    /// The same value for every row, instead of a column.
    pub constant: Option<serde_json::Value>,
    /// What it is; as it stands there unless said otherwise.
    #[serde(rename = "type")]
    pub kind: Option<Type>,
    /// How a date or time is written, as `strftime` says it, such as `%d/%m/%Y %H:%M`; or `unix`, `unix_ms`.
    pub format: Option<String>,
    /// Words that mean yes.
    #[serde(rename = "true", default)]
    pub yes: Vec<String>,
    /// Words that mean no.
    #[serde(rename = "false", default)]
    pub no: Vec<String>,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Text.
    Text,
    /// A number of at most 15 digits.
    Number,
    /// A number of any length, kept as text: money, for example.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// An instant.
    Time,
}

/// What a row says somebody did.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventMap {
    /// The event's name, or where it stands.
    pub name: EventName,
    /// When; the row's own time unless said otherwise.
    pub time: Option<Field>,
    /// Only for rows of which this holds.
    pub when: Option<When>,
    /// The columns that tell it from every other event; the row's own unless said otherwise.
    pub message_id: Option<Names>,
    /// What else is said of it.
    #[serde(default)]
    pub properties: BTreeMap<String, Field>,
}

/// An event's name.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum EventName {
    /// This one.
    Is(String),
    /// It stands in a column.
    In(NamedBy),
}

/// Where a name stands.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedBy {
    /// The column.
    pub column: String,
}

/// What must hold of a row.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The column.
    pub column: String,
    /// It has one of these values.
    pub is: Vec<String>,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Field;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name, or `{column: …, type: …}`")
            }

            fn visit_str<E>(self, name: &str) -> Result<Field, E> {
                Ok(Field::Column(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
                Detail::deserialize(MapAccessDeserializer::new(map))
                    .map(|detail| Field::Detail(Box::new(detail)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl Field {
    /// The same, said at length.
    pub(super) fn detail(&self) -> Detail {
        match self {
            Self::Column(name) => Detail { column: Some(name.clone()), ..Detail::default() },
            Self::Detail(detail) => (**detail).clone(),
        }
    }

    fn column(&self) -> Option<&str> {
        match self {
            Self::Column(name) => Some(name),
            Self::Detail(detail) => detail.column.as_deref(),
        }
    }
}

impl Map {
    /// Reads a map.
    pub fn load(path: &Path) -> Result<Self, MapError> {
        let text = std::fs::read_to_string(path).map_err(|error| MapError {
            path: path.to_owned(),
            line: None,
            problem: format!("it cannot be read: {error}"),
        })?;
        Self::parse(path, &text)
    }

    /// A map from its text; the path is only for what is said of it.
    pub fn parse(path: &Path, text: &str) -> Result<Self, MapError> {
        let wire: MapFile = serde_yaml_ng::from_str(text).map_err(|error| MapError {
            path: path.to_owned(),
            line: error.location().map(|place| place.line()),
            problem: error.to_string(),
        })?;
        let refuse = |key: &str, problem: &str| MapError {
            path: path.to_owned(),
            line: text
                .lines()
                .position(|line| line.trim_start().trim_start_matches("- ").starts_with(&format!("{key}:")))
                .map(|at| at + 1),
            problem: problem.to_owned(),
        };
        wire.check(&refuse)?;
        let clock = Clock::of(wire.zone.as_deref());
        let clock = clock.ok_or_else(|| {
            refuse(
                "zone",
                "there is no such time zone; say one like America/Sao_Paulo, or an offset like -03:00",
            )
        })?;
        let encoding = match &wire.encoding {
            None => UTF_8,
            Some(label) => Encoding::for_label(label.as_bytes())
                .filter(|encoding| encoding.is_ascii_compatible())
                .ok_or_else(|| {
                    refuse(
                        "encoding",
                        "there is no such encoding here; say utf-8, windows-1252 or iso-8859-15",
                    )
                })?,
        };
        let delimiter = match wire.delimiter.as_deref() {
            None => None,
            Some("tab" | "\t") => Some(b'\t'),
            Some(text) => match text.as_bytes() {
                [one] if one.is_ascii() && !one.is_ascii_alphanumeric() && *one != b'"' => Some(*one),
                _ => return Err(refuse("delimiter", "it is one character such as `;`, or `tab`")),
            },
        };
        Ok(Self { wire, clock, encoding, delimiter })
    }

    pub(super) fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    pub(super) fn delimiter(&self, path: &Path) -> u8 {
        let tabs = path.to_string_lossy().to_ascii_lowercase().contains(".tsv");
        self.delimiter.unwrap_or(if tabs { b'\t' } else { b',' })
    }

    /// When rows were true that do not say when, if the map says it.
    pub fn as_of(&self) -> Option<&str> {
        self.wire.as_of.as_deref()
    }

    /// Every column it speaks of, but for those it ignores.
    pub(super) fn columns(&self) -> Vec<&str> {
        let wire = &self.wire;
        let mut all: Vec<&str> = wire.identifiers.values().map(String::as_str).collect();
        all.extend(wire.traits.values().chain(&wire.time).filter_map(Field::column));
        all.extend(wire.message_id.iter().flat_map(Names::each).map(String::as_str));
        for event in &wire.events {
            if let EventName::In(by) = &event.name {
                all.push(&by.column);
            }
            all.extend(event.when.iter().map(|when| when.column.as_str()));
            all.extend(event.message_id.iter().flat_map(Names::each).map(String::as_str));
            all.extend(event.properties.values().chain(&event.time).filter_map(Field::column));
        }
        all
    }

    /// Whether it maps or ignores a column.
    pub(super) fn speaks_of(&self, name: &str) -> bool {
        self.ignores(name) || self.columns().contains(&name)
    }

    /// The same for a key under which there may be others.
    pub(super) fn speaks_of_any(&self, key: &str) -> bool {
        let below = |column: &&str| {
            column.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.ignores(key) || self.columns().iter().any(below)
    }

    fn ignores(&self, name: &str) -> bool {
        match &self.wire.ignore {
            Ignore::Nothing => false,
            Ignore::All(All::All) => true,
            Ignore::Columns(names) => names.iter().any(|one| one == name),
        }
    }
}

impl MapFile {
    fn check(&self, refuse: &dyn Fn(&str, &str) -> MapError) -> Result<(), MapError> {
        let has = |kind| self.identifiers.contains_key(&kind);
        if !has(Kind::UserId) && !has(Kind::AnonymousId) {
            return Err(refuse(
                "identifiers",
                "say which column tells people apart: `user_id: COLUMN`, which may be the same as `email`",
            ));
        }
        if self.traits.is_empty()
            && self.events.is_empty()
            && self.identifiers.keys().all(|kind| kind.carried_as().is_none())
        {
            return Err(refuse(
                "identifiers",
                "it says who, and nothing of them; add `traits:` or `events:`",
            ));
        }
        if self.as_of.as_ref().is_some_and(|text| text.parse::<Timestamp>().is_err()) {
            return Err(refuse("as_of", "it is a time such as 2026-01-31T12:00:00Z"));
        }
        for event in &self.events {
            if let EventName::Is(name) = &event.name
                && let Err(problem) = event_name(name)
            {
                return Err(refuse("name", &format!("the event's name {problem}")));
            }
            if event.time.is_none() && self.time.is_none() {
                return Err(refuse("events", "an event has a time; say where it stands: `time: COLUMN`"));
            }
        }
        let fields = self.traits.iter().map(|(name, field)| (name.as_str(), field));
        let fields = fields.chain(self.time.iter().map(|field| ("time", field)));
        let events = self.events.iter().flat_map(|event| {
            let own = event.properties.iter().map(|(name, field)| (name.as_str(), field));
            own.chain(event.time.iter().map(|field| ("time", field)))
        });
        for (name, field) in fields.chain(events) {
            let detail = field.detail();
            if detail.column.is_some() == detail.constant.is_some() {
                return Err(refuse(name, &format!("`{name}` needs a `column` or a `constant`, one of them")));
            }
            if let Some(format) = detail.format.as_ref().filter(|format| !tells_a_day(format)) {
                let problem =
                    format!("`{format}` tells no day; a format is one such as `%d/%m/%Y %H:%M`, or `unix`");
                return Err(refuse("format", &problem));
            }
        }
        Ok(())
    }
}

/// The name among these that somebody most likely meant.
pub(super) fn likeliest<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = wanted.to_lowercase();
    let scored = names.map(|name| (strsim::jaro_winkler(&lower, &name.to_lowercase()), name));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
