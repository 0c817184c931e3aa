//! The notice's section about a purpose: all that `purposes/*.yaml` says of it.

use super::basis::bases;
use super::write::Writer;
use crate::{Category, CategoryMask, DeclaredPurpose, PurposePart, Sensitivity};

impl<'b> Writer<'b> {
    pub(super) fn purpose(&mut self, purpose: &'b DeclaredPurpose) {
        let words = self.words();
        let privacy = &self.bundle.rules.privacy;
        self.gap();
        self.line(format!("### {}", self.say(&purpose.label)));
        self.line("");
        self.bases(purpose);
        self.point(&words.data, &self.data(purpose.categories));
        for part in &purpose.parts {
            self.part(part);
        }
        let said = purpose.recipients.iter().map(|text| privacy.said(text, self.language));
        let ours = self.bundle.processors().iter().filter(|one| one.works_for(&self.controller.id));
        let ours = ours.filter(|one| one.purposes.contains(&purpose.key)).map(|one| one.name.as_str());
        let recipients: Vec<&str> = said.chain(ours).collect();
        let nobody = recipients.is_empty().then(|| self.say(&words.nobody).to_owned());
        self.point(&words.recipients, &nobody.unwrap_or_else(|| recipients.join("; ")));
        self.point(&words.retention, privacy.said(&purpose.retention, self.language));
        let minors = if purpose.excludes_minors { &words.minors_excluded } else { &words.minors_included };
        self.point(&words.minors, self.say(minors));
        let gpc = if purpose.opts_out_on_gpc { &words.gpc_opts_out } else { &words.gpc_unaffected };
        self.point(&words.gpc, self.say(gpc));
    }

    /// What it rests on, by every law it names, and what people can do because of it.
    fn bases(&mut self, purpose: &'b DeclaredPurpose) {
        let words = self.words();
        let known = &self.bundle.rules.privacy.bases;
        let cited = bases(&purpose.basis, self.controller.home);
        let mut named = Vec::with_capacity(cited.len());
        let mut can = Vec::new();
        for (name, articles) in cited {
            let words = known.get(name);
            let label = words.map_or(name, |words| self.say(&words.label));
            named.push(format!("{label} ({})", articles.join("; ")));
            can.extend(words.and_then(|words| words.people_can.as_ref()).map(|label| self.say(label)));
        }
        self.point(&words.basis, &named.join("; "));
        for sentence in can {
            self.line(format!("- {sentence}"));
        }
        let months = self.bundle.consent_rules(&purpose.key).expires_after_months;
        if let Some(months) = months.filter(|_| Self::asks_consent(purpose)) {
            self.line(format!("- {}", self.sentence(&words.asked_again, ("months", &months.to_string()))));
        }
    }

    fn asks_consent(purpose: &DeclaredPurpose) -> bool {
        let parts = purpose.parts.iter().flat_map(|part| part.basis.values());
        purpose.basis.values().chain(parts).any(crate::Basis::is_consent)
    }

    /// What needs more than the purpose rests on.
    fn part(&mut self, part: &'b PurposePart) {
        let words = self.words();
        let data = self.data(part.categories);
        let named = bases(&part.basis, self.controller.home);
        let known = &self.bundle.rules.privacy.bases;
        let say = |(name, articles): (&'b str, Vec<&str>)| {
            let label = known.get(name).map_or(name, |words| self.say(&words.label));
            format!("{} {label} ({})", self.say(&words.only_with), articles.join("; "))
        };
        let minors = part.excludes_minors.then(|| self.say(&words.minors_not).to_owned());
        let more: Vec<String> = named.into_iter().map(say).chain(minors).collect();
        self.line(format!("  - {data}: {}", more.join("; ")));
    }

    fn data(&self, mask: CategoryMask) -> String {
        let words = self.words();
        let all = self.bundle.categories();
        let shown: Vec<&Category> = all.iter().filter(|one| mask.allows(one.id)).collect();
        if shown.len() == all.len() {
            return self.say(&words.all_data).to_owned();
        }
        if shown.is_empty() {
            return self.say(&words.no_data).to_owned();
        }
        let name = |one: &'b Category| match one.sensitivity {
            Sensitivity::Ordinary => self.say(&one.label).to_owned(),
            Sensitivity::Sensitive => format!("{} ({})", self.say(&one.label), self.say(&words.sensitive)),
        };
        shown.into_iter().map(name).collect::<Vec<_>>().join("; ")
    }
}
