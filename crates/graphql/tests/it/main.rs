//! GraphQL over HTTP as its callers meet it, on a real application with an SQLite database.

mod edge;
mod forget;
mod limits;
mod people;
#[cfg(test)]
mod support;
