//! From a row to the messages a source would have sent.

use serde_json::{Map as Object, Value, json};

use super::Reject;
use super::cell::{Cell, value};
use super::map::{Detail, Empty, EventMap, EventName, Field, Kind, Map, Mark, Names};

/// Makes messages of rows, as a map says.
pub(super) struct Converter {
    map: Map,
    as_of: String,
}

type Cells<'r> = dyn Fn(&str) -> Option<Cell> + 'r;

impl Converter {
    pub(super) fn new(map: Map, as_of: &str) -> Self {
        Self { map, as_of: as_of.to_owned() }
    }

    /// The messages of a row: who it is about, then what they did.
    pub(super) fn messages(&self, cells: &Cells<'_>) -> Result<Vec<String>, Reject> {
        let wire = &self.map.wire;
        let mut who = Object::new();
        for (kind, key) in [(Kind::UserId, "userId"), (Kind::AnonymousId, "anonymousId")] {
            let column = wire.identifiers.get(&kind);
            if let Some(id) = column.and_then(|column| self.full(cells, column)).and_then(|cell| cell.text())
            {
                who.insert(key.to_owned(), Value::String(id));
            }
        }
        if who.is_empty() {
            return Err(Reject::new(
                "no_identifier",
                "the row does not say who it is about: the column of its id is empty",
            ));
        }
        let at = match &wire.time {
            Some(field) => self.time(cells, field)?,
            None => None,
        };
        let mut messages = Vec::with_capacity(1 + wire.events.len());
        let traits = self.traits(cells)?;
        if !traits.is_empty() {
            let mut message = Object::from_iter([("type".to_owned(), json!("identify"))]);
            message.extend(who.clone());
            message.insert("timestamp".to_owned(), at.clone().unwrap_or_else(|| self.as_of.clone()).into());
            if let (Some(names), true) = (&wire.message_id, wire.events.is_empty()) {
                message.insert("messageId".to_owned(), self.id(cells, names)?.into());
            }
            message.insert("traits".to_owned(), traits.into());
            messages.push(Value::Object(message).to_string());
        }
        for (n, event) in wire.events.iter().enumerate() {
            messages.extend(self.event(cells, event, (n, &who, at.as_deref()))?);
        }
        if messages.is_empty() {
            return Err(Reject::new(
                "nothing",
                "the row says nothing of them: everything that is mapped is empty",
            ));
        }
        Ok(messages)
    }

    fn traits(&self, cells: &Cells<'_>) -> Result<Object<String, Value>, Reject> {
        let mut traits = Object::new();
        for (kind, column) in &self.map.wire.identifiers {
            let Some(name) = kind.carried_as() else { continue };
            if let Some(text) = self.full(cells, column).and_then(|cell| cell.text()) {
                traits.insert(name.to_owned(), Value::String(text));
            }
        }
        for (name, field) in &self.map.wire.traits {
            if let Some(value) = self.value(cells, &field.detail())? {
                put(&mut traits, name, value);
            }
        }
        Ok(traits)
    }

    fn event(
        &self,
        cells: &Cells<'_>,
        event: &EventMap,
        (n, who, at): (usize, &Object<String, Value>, Option<&str>),
    ) -> Result<Option<String>, Reject> {
        if let Some(when) = &event.when {
            let is = self.full(cells, &when.column).and_then(|cell| cell.text()).unwrap_or_default();
            if !when.is.contains(&is) {
                return Ok(None);
            }
        }
        let name = match &event.name {
            EventName::Is(name) => name.clone(),
            EventName::In(by) => {
                self.full(cells, &by.column).and_then(|cell| cell.text()).ok_or_else(|| {
                    Reject::new("event_name", format!("column `{}` is empty: it names the event", by.column))
                })?
            }
        };
        let own = match &event.time {
            Some(field) => self.time(cells, field)?,
            None => at.map(str::to_owned),
        };
        let at = own.ok_or_else(|| Reject::new("time", "the row does not say when it happened"))?;
        let mut message =
            Object::from_iter([("type".to_owned(), json!("track")), ("event".to_owned(), name.into())]);
        message.extend(who.clone());
        message.insert("timestamp".to_owned(), at.into());
        if let Some(names) = &event.message_id {
            message.insert("messageId".to_owned(), self.id(cells, names)?.into());
        } else if let Some(names) = &self.map.wire.message_id {
            let id = self.id(cells, names)?;
            message.insert("messageId".to_owned(), if n == 0 { id } else { format!("{id}/{n}") }.into());
        }
        let mut properties = Object::new();
        for (name, field) in &event.properties {
            if let Some(value) = self.value(cells, &field.detail())? {
                put(&mut properties, name, value);
            }
        }
        message.insert("properties".to_owned(), properties.into());
        Ok(Some(Value::Object(message).to_string()))
    }

    /// A cell with something in it.
    fn full(&self, cells: &Cells<'_>, column: &str) -> Option<Cell> {
        cells(column).filter(|cell| !self.is_empty(cell))
    }

    fn is_empty(&self, cell: &Cell) -> bool {
        let is = |text: &str| {
            let text = text.trim();
            text.is_empty() || self.map.wire.empty_values.iter().any(|empty| empty == text)
        };
        match cell {
            Cell::Text(text) | Cell::Json(Value::String(text)) => is(text),
            Cell::Json(Value::Null) => true,
            Cell::Json(_) => false,
        }
    }

    fn value(&self, cells: &Cells<'_>, detail: &Detail) -> Result<Option<Value>, Reject> {
        let Some(column) = &detail.column else { return Ok(detail.constant.clone()) };
        let Some(cell) = cells(column) else { return Ok(None) };
        if self.is_empty(&cell) {
            return Ok((self.map.wire.empty == Empty::Clear).then_some(Value::Null));
        }
        let comma = self.map.wire.decimal == Mark::Comma;
        let read = value(&cell, detail, comma, &self.map.clock);
        read.map(Some).map_err(|wrong| Reject::new("value", format!("column `{column}` {wrong}")))
    }

    fn time(&self, cells: &Cells<'_>, field: &Field) -> Result<Option<String>, Reject> {
        let detail = field.detail();
        let Some(column) = &detail.column else {
            return Ok(detail.constant.as_ref().and_then(Value::as_str).map(str::to_owned));
        };
        let Some(text) = self.full(cells, column).and_then(|cell| cell.text()) else { return Ok(None) };
        let instant = self.map.clock.instant(&text, detail.format.as_deref());
        instant.map(Some).map_err(|wrong| Reject::new("time", format!("column `{column}` {wrong}")))
    }

    fn id(&self, cells: &Cells<'_>, names: &Names) -> Result<String, Reject> {
        let part = |name: &String| {
            let text = self.full(cells, name).and_then(|cell| cell.text());
            text.ok_or_else(|| {
                Reject::new("message_id", format!("column `{name}` is empty: it tells rows apart"))
            })
        };
        Ok(names.each().iter().map(part).collect::<Result<Vec<_>, _>>()?.join("/"))
    }
}

/// Puts a value at a path of names joined by dots.
fn put(into: &mut Object<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            into.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = into.entry(first).or_insert_with(|| Value::Object(Object::new()));
            if !below.is_object() {
                *below = Value::Object(Object::new());
            }
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
