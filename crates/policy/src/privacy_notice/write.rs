//! Writes the notice: who answers, and the sections in their order.

use super::RightsText;
use super::words::Words;
use crate::text::fill;
use crate::{Bundle, Controller, Label, Language};

/// A notice being written.
pub(super) struct Writer<'b> {
    pub(super) bundle: &'b Bundle,
    pub(super) controller: &'b Controller,
    pub(super) language: Language,
    lines: Vec<String>,
}

pub(super) fn notice(
    bundle: &Bundle,
    controller: &Controller,
    language: Language,
    rights: &RightsText,
) -> String {
    let mut writer = Writer { bundle, controller, language, lines: Vec::new() };
    writer.who();
    writer.heading(&writer.words().purposes);
    for purpose in bundle.purposes() {
        writer.purpose(purpose);
    }
    writer.origin();
    writer.processors();
    writer.kept();
    writer.decisions();
    writer.rights(rights);
    writer.lines.join("\n") + "\n"
}

impl<'b> Writer<'b> {
    pub(super) fn words(&self) -> &'b Words {
        &self.bundle.rules.privacy.words
    }

    pub(super) fn say(&self, label: &'b Label) -> &'b str {
        label.in_language(self.language)
    }

    /// A sentence with its places filled in; one that nothing fills stays as it is written.
    pub(super) fn sentence(&self, label: &'b Label, (place, word): (&str, &str)) -> String {
        let Controller { name, officer, .. } = self.controller;
        let word = |wanted: &str| match wanted {
            "controller" => Some(name.as_str()),
            "officer" => Some(officer.name.as_str()),
            "officer_email" => Some(officer.email.as_str()),
            other => (other == place).then_some(word),
        };
        fill(self.say(label), word).unwrap_or_else(|_| self.say(label).to_owned())
    }

    pub(super) fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// An empty line, unless there is one.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.line("");
        }
    }

    pub(super) fn heading(&mut self, label: &'b Label) {
        self.gap();
        self.line(format!("## {}", self.say(label)));
        self.line("");
    }

    pub(super) fn point(&mut self, label: &'b Label, text: &str) {
        self.line(format!("- **{}:** {text}", self.say(label)));
    }

    fn who(&mut self) {
        let words = self.words();
        let Controller { name, contact, officer, .. } = self.controller;
        self.line(format!("# {}: {name}", self.say(&words.title)));
        self.line("");
        self.line(self.sentence(&words.intro, ("", "")));
        self.heading(&words.who);
        self.line(format!("- {name}, {}, {}", contact.address, contact.email));
        self.point(&words.officer, &format!("{}, {}", officer.name, officer.email));
        self.point(&words.substitute, &officer.substitute);
    }
}
