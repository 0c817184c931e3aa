//! The notice's sections about where data comes from and goes to, what a law keeps, what the machine decides, and what people
//! can ask for.

use std::collections::BTreeSet;

use super::RightsText;
use super::write::Writer;
use crate::Processor;
use crate::transfers::Crossing;

impl Writer<'_> {
    /// Where data comes from, and whether it must be given (GDPR art. 13(2)(e) and 14(2)(f)).
    pub(super) fn origin(&mut self) {
        let words = self.words();
        self.heading(&words.origin);
        self.line(self.say(&words.sources));
        self.line("");
        self.line(self.say(&words.provision));
    }

    /// Who works with the data in the controller's name, where, and why it may go there (LGPD art. 9 V, GDPR art. 13(1)(e)–(f)).
    pub(super) fn processors(&mut self) {
        let (words, bundle) = (self.words(), self.bundle);
        let ours = bundle.processors().iter().filter(|one| one.works_for(&self.controller.id));
        let ours: Vec<&Processor> = ours.collect();
        if ours.is_empty() {
            return;
        }
        let works_in = self.say(&words.works_in);
        self.heading(&words.processors);
        for one in ours {
            let countries = list(&one.countries);
            self.line(format!("- **{}:** {} {works_in} {countries}", one.name, self.say(&one.what)));
            for sub in &one.sub_processors {
                let countries = list(&sub.countries);
                self.line(format!("  - {}: {} {works_in} {countries}", sub.name, self.say(&sub.what)));
            }
            for country in one.destinations() {
                let crossing = bundle.transfers().crossing(self.controller.home, &one.key, country);
                if let Some(Crossing::By(_, mechanism)) = crossing {
                    let label = self.say(&mechanism.label);
                    let head = self.say(&words.transfer);
                    self.line(format!("  - {head} {country}: {label} ({})", mechanism.reference));
                }
            }
        }
    }

    /// What the law of the controller's home keeps of somebody who is forgotten.
    pub(super) fn kept(&mut self) {
        let (words, bundle, home) = (self.words(), self.bundle, self.controller.home);
        let kept: Vec<_> =
            bundle.retentions().iter().filter_map(|one| Some((one, one.laws.get(&home)?))).collect();
        if kept.is_empty() {
            return;
        }
        self.heading(&words.kept);
        for (one, law) in kept {
            let years = self.sentence(&words.kept_years, ("years", &law.years.to_string()));
            self.line(format!("- **{}:** {years} ({})", self.say(&one.label), law.citation));
        }
    }

    /// What the machine decides, how, and who looks again (LGPD art. 20 §1, GDPR art. 13(2)(f)).
    pub(super) fn decisions(&mut self) {
        let (words, bundle) = (self.words(), self.bundle);
        if bundle.automated_decisions().is_empty() {
            return;
        }
        self.heading(&words.decisions);
        for one in bundle.automated_decisions() {
            self.line(format!("- **{}:** {}", self.say(&one.label), self.say(&one.logic)));
            let review = self.say(&one.review);
            self.line(format!("  - {}: {review} ({})", self.say(&words.review), one.reference));
        }
    }

    /// What people can ask for and whom, and what they can do who are not content.
    pub(super) fn rights(&mut self, text: &RightsText) {
        let words = self.words();
        self.heading(&words.rights);
        for right in &text.rights {
            self.line(format!("- {right}"));
        }
        self.gap();
        self.line(self.sentence(&words.how, ("", "")));
        if text.complaint.is_none() && text.court.is_none() {
            return;
        }
        self.heading(&words.complaint);
        for remedy in text.complaint.iter().chain(&text.court) {
            self.line(format!("- {remedy}"));
        }
    }
}

fn list(countries: &BTreeSet<String>) -> String {
    countries.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}
