//! The JSON Schemas of policy files, for editors: `schema/json/policies/*.schema.json` are what these structs say.

use std::path::Path;

use expect_test::expect_file;
use schemars::{Schema, schema_for};
use serde_json::Value;

use crate::paths::fits;
use crate::{
    access, calendar, consent, controller, countries, data_map, decisions, expiry, gpc, identity_proof,
    incident, law, matching, minors, notice, privacy_notice, processors, purpose, requests, retention,
    schedule, suppression, taxonomy, transfers,
};

/// Name of the schema, the files it is of, and the schema.
fn kinds() -> Vec<(&'static str, &'static str, Schema)> {
    vec![
        ("access-case", "access/cases/*/*.yaml", schema_for!(access::Case)),
        ("automated-decisions", "automated-decisions.yaml", schema_for!(decisions::File)),
        ("consent", "consent.yaml", schema_for!(consent::File)),
        ("controller", "controller.yaml", schema_for!(controller::File)),
        ("data-map", "data-map.yaml", schema_for!(data_map::File)),
        ("expiry", "expiry.yaml", schema_for!(expiry::File)),
        ("identity-proof", "identity-proof.yaml", schema_for!(identity_proof::File)),
        ("incident", "incident.yaml", schema_for!(incident::File)),
        ("matching", "matching.yaml", schema_for!(matching::File)),
        ("minors", "minors.yaml", schema_for!(minors::File)),
        ("notice", "notices/*/*/meta.yaml", schema_for!(notice::File)),
        ("privacy-notice", "privacy-notice.yaml", schema_for!(privacy_notice::File)),
        ("processor", "processors/*.yaml", schema_for!(processors::File)),
        ("refusals", "requests/refusals.yaml", schema_for!(requests::RefusalsFile)),
        ("retention", "retention/*.yaml", schema_for!(retention::File)),
        ("schedule", "schedules/*.yaml", schema_for!(schedule::File)),
        ("suppression", "suppression.yaml", schema_for!(suppression::File)),
        ("calendar", "calendars/*.yaml", schema_for!(calendar::File)),
        ("countries", "taxonomy/countries.yaml", schema_for!(countries::File)),
        ("gpc", "gpc.yaml", schema_for!(gpc::File)),
        ("jurisdiction", "jurisdictions/*.yaml", schema_for!(law::File)),
        ("purpose", "purposes/*.yaml", schema_for!(purpose::File)),
        ("categories", "taxonomy/categories.yaml", schema_for!(taxonomy::CategoriesFile)),
        ("subjects", "taxonomy/subjects.yaml", schema_for!(taxonomy::SubjectsFile)),
        ("transfers", "transfers.yaml", schema_for!(transfers::File)),
        ("workflow", "requests/workflow.yaml", schema_for!(requests::WorkflowFile)),
    ]
}

/// The schema with the files it is of for a title.
fn titled(files: &str, mut schema: Schema) -> Value {
    schema.insert("title".to_owned(), format!("policies/{files}").into());
    schema.into()
}

#[test]
fn the_schemas_are_current() {
    for (name, files, schema) in kinds() {
        let path = format!("../../../schema/json/policies/{name}.schema.json");
        let text = serde_json::to_string_pretty(&titled(files, schema)).unwrap();
        expect_file![Path::new(&path)].assert_eq(&(text + "\n"));
    }
}

#[test]
fn whoever_writes_a_policy_with_its_schema_writes_what_the_loader_reads() {
    let kinds: Vec<_> =
        kinds().into_iter().map(|(_, files, schema)| (files, titled(files, schema))).collect();
    for (path, bytes) in &crate::files::embedded().unwrap() {
        let yaml = Path::new(path).extension().is_some_and(|ending| ending == "yaml");
        if !yaml {
            continue;
        }
        let (_, schema) = kinds
            .iter()
            .find(|(files, _)| fits(files, path))
            .unwrap_or_else(|| panic!("{path} has no schema"));
        let file: Value = serde_yaml_ng::from_slice(bytes).unwrap();
        let found: Vec<String> = jsonschema::validator_for(schema)
            .unwrap()
            .iter_errors(&file)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{path}");
        let mut more = file;
        more["something_else"] = Value::Null;
        assert!(!jsonschema::is_valid(schema, &more), "{path} may say anything");
    }
}
