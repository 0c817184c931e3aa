//! The schema put together.

use async_graphql::{SDLExportOptions, SchemaBuilder};

use crate::limits;
use crate::mutation::Mutation;
use crate::query::Root;
use crate::subscription::Watch;

/// The schema.
pub(crate) type Schema = async_graphql::Schema<Root, Mutation, Watch>;

/// Builds it, with the limits that are counted while validating.
pub(crate) fn schema() -> Schema {
    builder().finish()
}

fn builder() -> SchemaBuilder<Root, Mutation, Watch> {
    Schema::build(Root::default(), Mutation::default(), Watch)
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
