//! The schema put together.

use async_graphql::{EmptyMutation, EmptySubscription, SDLExportOptions, SchemaBuilder};

use crate::limits;
use crate::query::Query;

/// The schema.
pub(crate) type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Builds it, with the limits that are counted while validating.
pub(crate) fn schema() -> Schema {
    builder().finish()
}

fn builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription)
        .limit_complexity(limits::COMPLEXITY)
        .limit_recursive_depth(limits::NESTING)
}

/// The schema as text.
pub(crate) fn sdl(schema: &Schema) -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident();
    let sdl = schema.sdl_with_options(options);
    let lines: Vec<&str> = sdl.lines().map(str::trim_end).collect();
    lines.join("\n").trim().to_owned() + "\n"
}
