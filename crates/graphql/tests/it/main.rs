//! GraphQL over HTTP as its callers meet it, on a real application with an SQLite database.

mod consents;
mod edge;
mod export;
mod forget;
mod limits;
mod people;
mod retention;
mod stewards;
#[cfg(test)]
mod support;
