//! Documents, checked before async-graphql sees them; one that is asked again and again is read and checked once.

use std::sync::Arc;

use async_graphql::Name;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use quick_cache::sync::Cache;

use crate::error::Refusal;
use crate::limits;
use crate::personal::Personal;
use crate::tally::Tally;

/// Documents that are remembered at most.
const MOST: usize = 500;
/// Bytes of a document that is remembered at most.
const LONGEST: usize = 8 * 1024;

/// A document that keeps within the limits, read for one of its operations.
pub(super) struct Document {
    /// As parsed.
    pub(super) tree: ExecutableDocument,
    /// Its response keys at the root, in the order asked.
    pub(super) roots: Vec<String>,
    /// The first argument marked `@personal`, if any is given.
    pub(super) names: Option<String>,
    operation: Option<String>,
}

impl Document {
    fn read(query: &str, operation: Option<&str>, personal: &Personal) -> Result<Self, Refusal> {
        limits::scan(query)?;
        let tree = parse_query(query).map_err(Refusal::document)?;
        let Tally { roots, names, .. } = Tally::of(&tree, operation, personal)?;
        Ok(Self { tree, roots, names, operation: operation.map(str::to_owned) })
    }

    /// The operation to execute, if there is just one of that name.
    pub(super) fn chosen(&self) -> Option<&OperationDefinition> {
        let asked = self.operation.as_deref();
        let mut named = self.tree.operations.iter();
        named.find(|(name, _)| asked.is_none() || asked == name.map(Name::as_str)).map(|(_, one)| &one.node)
    }
}

/// A document's text, and the operation of it that is asked for.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    query: String,
    operation: Option<String>,
}

/// The documents read lately.
pub(super) struct Documents(Cache<Asked, Arc<Document>>);

impl Documents {
    /// None yet.
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// Reads a document, or remembers it from the last time.
    pub(super) fn read(
        &self,
        query: &str,
        operation: Option<&str>,
        personal: &Personal,
    ) -> Result<Arc<Document>, Refusal> {
        let read = || Document::read(query, operation, personal).map(Arc::new);
        if !may_be_kept(query) {
            return read();
        }
        let asked = Asked { query: query.to_owned(), operation: operation.map(str::to_owned) };
        if let Some(known) = self.0.get(&asked) {
            return Ok(known);
        }
        let document = read()?;
        self.0.insert(asked, document.clone());
        Ok(document)
    }
}

/// A document without strings and comments says nothing of anybody: whoever is asked about stands in a variable. One
/// that has any may hold somebody's address, and is forgotten with its answer.
fn may_be_kept(query: &str) -> bool {
    query.len() <= LONGEST && !query.contains(['"', '#'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(documents: &Documents, query: &str, operation: Option<&str>) -> Arc<Document> {
        documents.read(query, operation, &Personal::default()).ok().unwrap()
    }

    #[test]
    fn a_question_asked_again_is_not_read_again() {
        let (documents, query) = (Documents::new(), "query A($v: ID!) { x(id: $v) } query B { y }");
        let first = read(&documents, query, Some("A"));
        assert!(Arc::ptr_eq(&first, &read(&documents, query, Some("A"))));
        let other = read(&documents, query, Some("B"));
        assert_eq!((&first.roots[..], &other.roots[..]), (&["x".to_owned()][..], &["y".to_owned()][..]));
        assert_eq!(first.chosen().unwrap().variable_definitions.len(), 1);
        assert!(other.chosen().unwrap().variable_definitions.is_empty());
        assert!(read(&documents, query, Some("C")).chosen().is_none());
    }

    #[test]
    fn a_document_with_anas_address_in_it_is_not_kept() {
        let documents = Documents::new();
        for query in ["{ x(email: \"ana@example.com\") }", "# ana@example.com\n{ x }"] {
            read(&documents, query, None);
        }
        let long = format!("{{ {} }}", "x ".repeat(900).repeat(5));
        assert!(documents.read(&long, None, &Personal::default()).is_err(), "too many fields");
        assert!(documents.0.is_empty());
        read(&documents, "{ x }", None);
        assert_eq!(documents.0.len(), 1);
    }
}
