//! Who may do what: strictly validated, denied when in doubt, the same every time.
#![expect(clippy::unwrap_used, reason = "a helper that cannot make its files has failed the test")]

use common::{ask, copy, govern, operations, refuses, with, with_file};
use proptest::prelude::*;
use zelo_model::{Reason, Role};
use zelo_policy::{Access, Bundle, Flags, Question, Verdict};

mod common;

#[test]
fn before_the_operations_are_known_nothing_is_allowed() {
    let bundle = Bundle::embedded().unwrap();
    assert!(ask(&bundle, Role::Operator, "source.list", "administration").is_none());
    assert!(bundle.permissions().is_empty());
    let bundle = bundle.govern(&operations()).unwrap();
    assert!(ask(&bundle, Role::Operator, "source.list", "administration").is_some());
}

#[test]
fn what_is_in_no_list_is_denied() {
    let bundle = govern(&common::real()).unwrap();
    assert!(ask(&bundle, Role::Developer, "profile.read", "customer-service").is_some());
    assert!(ask(&bundle, Role::Developer, "profile.steal", "customer-service").is_none());
    assert!(ask(&bundle, Role::Developer, "profile.read", "profiling").is_none());
}

#[test]
fn a_category_is_withheld_by_the_role_first_then_by_the_purpose() {
    let bundle = govern(&common::real()).unwrap();
    let category = |key: &str| bundle.category(key).unwrap().id;
    let agent = ask(&bundle, Role::Agent, "profile.read", "marketing-email").unwrap();
    assert_eq!(agent.withholds(category("email")), None);
    assert_eq!(agent.withholds(category("purchases")), Some(Reason::Purpose));
    assert_eq!(agent.withholds(category("national_id")), Some(Reason::Role));
    assert!(agent.mask().allows(category("email")) && !agent.mask().allows(category("purchases")));
}

#[test]
fn a_policy_that_does_not_validate_is_refused_with_file_and_line() {
    refuses(
        "access/steward.cedar",
        ("action == Action::\"source.list\"", "action == Action::\"source.lost\""),
        "Action::\"source.list\"",
        "unrecognized action `Action::\"source.lost\"`; did you mean `Action::\"source.list\"`?",
    );
    refuses(
        "access/operator.cedar",
        ("context.purpose == Purpose::\"administration\"", "context.ip == Purpose::\"administration\""),
        "context.purpose",
        "attribute `ip` in context for Action::\"backup.create\" not found; did you mean `purpose`?",
    );
    refuses(
        "access/analyst.cedar",
        ("Category::\"purchases\"", "Category::\"bought\""),
        "Category::\"purchases\"",
        "there is no Category::\"bought\"; schema/policy.cedarschema has what a policy can name",
    );
    refuses(
        "access/source.cedar",
        ("Role::\"source\"", "Role::\"admin\""),
        "permit",
        "there is no Role::\"admin\"; schema/policy.cedarschema has what a policy can name",
    );
    refuses(
        "access/source.cedar",
        ("permit (", "permitted ("),
        "permit",
        "invalid policy effect: permitted; effect must be either `permit` or `forbid`",
    );
    refuses(
        "access/source.cedar",
        (
            "action == Action::\"intake.batch\", resource);",
            "action == Action::\"intake.batch\", resource is Person);",
        ),
        "permit",
        "policy is impossible: the policy expression evaluates to false for all valid requests; correct it, or take the policy out",
    );
}

#[test]
fn a_template_and_a_file_nothing_reads_are_refused() {
    let folder = with_file("access/open.cedar", "permit (principal == ?principal, action, resource);");
    let error = govern(folder.path()).unwrap_err().to_string();
    assert_eq!(
        error,
        "policies/access/open.cedar: policy0 is a template, which nothing fills in; write out the principal and the \
         resource"
    );
    let folder = with_file("access/open.txt", "permit (principal, action, resource);");
    let error = govern(folder.path()).unwrap_err().to_string();
    assert!(
        error.starts_with("policies/access/open.txt: nothing reads this file; move it elsewhere"),
        "{error}"
    );
}

#[test]
fn a_case_that_fails_refuses_the_bundle() {
    let folder = with(
        "access/analyst.cedar",
        "Category::\"pseudonym\",",
        "Category::\"pseudonym\", Category::\"email\",",
    );
    assert_eq!(
        govern(folder.path()).unwrap_err().to_string(),
        "policies/access/cases/DENY/an-analyst-does-not-see-e-mail-addresses.yaml: the policies allow what this case \
         denies; correct the policies, or the case if it is no longer meant"
    );
    let case = "role: source\noperation: profile.read\npurpose: billing\ncategory: email\n";
    let folder = with_file("access/cases/DENY/a-write-key-sees-nothing.yaml", case);
    assert_eq!(
        govern(folder.path()).unwrap_err().to_string(),
        "policies/access/cases/DENY/a-write-key-sees-nothing.yaml line 4: source may not profile.read at all, \
         whatever the category; leave the category out, or choose an operation and purpose the role has"
    );
    let folder = with_file("access/cases/ALLOW/x.yaml", "role: admin\noperation: x\npurpose: billing\n");
    assert_eq!(
        govern(folder.path()).unwrap_err().to_string(),
        "policies/access/cases/ALLOW/x.yaml line 1: unknown role \"admin\"; write one of operator, officer, steward, \
         analyst, agent, developer, plugin, subject, source"
    );
}

/// Everything that was allowed and is touched by a policy that errors is denied; everything else is as before.
fn denies_what_it_touches(effect: &str, role: Role, action: &str, touches: impl Fn(Access, &str) -> bool) {
    let erring = format!(
        "{effect} (principal == Role::\"{role}\", action {action}, resource)\nwhen {{ 9223372036854775807 + 1 > 0 }};\n"
    );
    let folder = copy();
    std::fs::remove_dir_all(folder.path().join("access/cases")).unwrap();
    std::fs::write(folder.path().join("access/erring.cedar"), erring).unwrap();
    let (before, after) = (govern(&common::real()).unwrap(), govern(folder.path()).unwrap());
    for operation in operations() {
        for purpose in before.purposes() {
            for asking in Role::ALL {
                let asked = Question {
                    role: asking,
                    operation: operation.name,
                    purpose: &purpose.key,
                    flags: Flags { installation: false },
                };
                let is_hit = asking == role && touches(operation.access, operation.name);
                let expected = if is_hit { Verdict::Deny } else { before.decide(&asked) };
                assert_eq!(after.decide(&asked), expected, "{asking} {} for {}", operation.name, purpose.key);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn a_policy_that_errors_denies_whatever_it_touches_also_a_forbid(
        forbid: bool,
        whole_access: bool,
        role in proptest::sample::select(Role::ALL.to_vec()),
        operation in proptest::sample::select(operations()),
    ) {
        let effect = if forbid { "forbid" } else { "permit" };
        if whole_access {
            let action = format!("in Action::\"{}\"", operation.access.slug());
            denies_what_it_touches(effect, role, &action, |access, _| access == operation.access);
        } else {
            let action = format!("== Action::\"{}\"", operation.name);
            denies_what_it_touches(effect, role, &action, |_, name| name == operation.name);
        }
    }
}

#[test]
fn a_policy_that_errors_about_showing_hides_the_category_and_no_other() {
    let folder = with_file(
        "access/erring.cedar",
        "forbid (principal, action == Action::\"show\", resource == Category::\"phone\")\n\
         when { 9223372036854775807 + 1 > 0 };",
    );
    let bundle = govern(folder.path()).unwrap();
    let agent = ask(&bundle, Role::Agent, "profile.read", "customer-service").unwrap();
    let withheld = |key: &str| agent.withholds(bundle.category(key).unwrap().id);
    assert_eq!((withheld("phone"), withheld("email")), (Some(Reason::Role), None));
}
