//! What an officer is told before other policies come into force.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use common::{copy, govern, real, with};
use zelo_policy::{Bundle, Change, ChangeOf};

mod common;

fn told(folder: &std::path::Path) -> Vec<(ChangeOf, String, Option<String>, Option<String>)> {
    let (now, next) = (govern(&real()).unwrap(), govern(folder).unwrap());
    now.changes(&next).into_iter().map(|one| (one.of, one.what, one.before, one.after)).collect()
}

#[test]
fn the_same_policies_change_nothing() {
    let folder = copy();
    assert_eq!(told(folder.path()), []);
    let (now, next) = (Bundle::embedded().unwrap(), Bundle::load(folder.path()).unwrap());
    assert_eq!(now.patch(&next), "");
}

#[test]
fn clara_is_told_that_analytics_would_ask_in_brazil_and_where_that_stands() {
    let folder = with("purposes/analytics.yaml", "br: legitimate_interest", "br: consent");
    let told = told(folder.path());
    let basis =
        told.iter().find(|(of, what, ..)| *of == ChangeOf::Purpose && what == "analytics: basis in br");
    let (_, _, before, after) = basis.unwrap();
    assert_eq!(before.as_deref(), Some("legitimate_interest (LGPD art. 7 IX)"));
    assert_eq!(after.as_deref(), Some("consent (LGPD art. 7 I)"));
    assert_eq!(told.len(), 2, "that, and its file: {told:?}");
    let patch = govern(&real()).unwrap().patch(&govern(folder.path()).unwrap());
    assert!(patch.contains("--- a/policies/purposes/analytics.yaml"), "{patch}");
    assert!(patch.contains("-  br: legitimate_interest") && patch.contains("+  br: consent"), "{patch}");
}

#[test]
fn a_permission_a_deadline_and_what_a_law_keeps_are_told() {
    let now = Bundle::embedded().unwrap();
    for (file, from, to, of) in [
        ("retention/fiscal-orders.yaml", "years: 5", "years: 6", ChangeOf::Retention),
        (
            "jurisdictions/br.yaml",
            "starts: receipt, amount: 15, unit: day",
            "starts: receipt, amount: 10, unit: day",
            ChangeOf::Deadline,
        ),
        ("consent.yaml", "expires_after_months: 13", "expires_after_months: 6", ChangeOf::Consent),
        ("controller.yaml", "Helena Duarte", "Helena Duarte Lima", ChangeOf::Controller),
        ("expiry.yaml", "unlinked_anonymous: 90", "unlinked_anonymous: 60", ChangeOf::File),
    ] {
        let folder = with(file, from, to);
        let told = now.changes(&Bundle::load(folder.path()).unwrap());
        let is_told = |kind| told.iter().any(|one| one.of == kind);
        assert!(is_told(of) && is_told(ChangeOf::File), "{file}: {told:?}");
    }
    let folder = with("access/operator.cedar", "Action::\"backup.create\",", "");
    let told = govern(&real()).unwrap().changes(&govern(folder.path()).unwrap());
    let permissions = |told: &[Change]| {
        let told = told.iter().filter(|one| one.of == ChangeOf::Permission).cloned();
        told.map(|one| (one.what, one.before, one.after)).collect::<Vec<_>>()
    };
    let what = "operator may backup.create in the installation".to_owned();
    assert_eq!(permissions(&told), [(what, Some("for administration".to_owned()), None)]);
}

#[test]
fn whoever_sees_more_than_before_is_told_and_for_what() {
    let more = "Category::\"behaviour\",\n        Category::\"browsing\",";
    let folder = with("access/agent.cedar", "Category::\"behaviour\",", more);
    let told = govern(&real()).unwrap().changes(&govern(folder.path()).unwrap());
    let told: Vec<_> = told.iter().filter(|one| one.of == ChangeOf::Permission).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].what.as_str(), &told[0].before), ("agent sees browsing", &None));
    assert_eq!(
        told[0].after.as_deref(),
        Some("for customer-service"),
        "what else needs it no agent works for"
    );
}
