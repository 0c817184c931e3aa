//! `schema/*.sql` is what the migrations leave in an empty database.

use expect_test::expect_file;
use zelo_tests::{Engine, TestApp, on_both_databases};

on_both_databases! { the_migrations_leave_the_tables_that_are_written_down }

async fn the_migrations_leave_the_tables_that_are_written_down(app: &TestApp) {
    let expected = match app.place.engine {
        Engine::Sqlite => expect_file!["../../../schema/sqlite.sql"],
        Engine::Postgres => expect_file!["../../../schema/postgres.sql"],
    };
    expected.assert_eq(&app.rows.schema().await);
}
