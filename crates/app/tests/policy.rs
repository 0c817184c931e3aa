//! What is generated from the operations and the policies is current.

use expect_test::expect_file;
use zelo_app::{Bundle, OPERATIONS};

#[test]
fn the_schema_knows_every_operation_and_the_permissions_say_who_may() {
    let bundle = Bundle::embedded().unwrap().govern(OPERATIONS).unwrap();
    expect_file!["../../../schema/policy.cedarschema"].assert_eq(&bundle.schema(OPERATIONS));
    expect_file!["../../../policies/permissions.txt"].assert_eq(&bundle.permissions());
}
