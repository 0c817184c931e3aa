//! Messages on their way into quarantine: each an owner of its own, so that it can expire alone.

use std::sync::Arc;

use zelo_model::OwnerId;

use super::graph::Graph;
use super::message::Hold;
use crate::tx::{Read, Tx};

/// A message to hold.
pub(crate) struct HeldItem {
    pub(crate) id: i64,
    pub(crate) id16: OwnerId,
    pub(crate) reason: Hold,
    pub(crate) raw: Arc<[u8]>,
    pub(crate) digests: Vec<[u8; 16]>,
}

impl HeldItem {
    pub(crate) fn new(tx: &Tx<'_, Read>, reason: Hold, raw: Arc<[u8]>, digests: Vec<[u8; 16]>) -> Self {
        Self { id: 0, id16: OwnerId(tx.ids.random()), reason, raw, digests }
    }
}

/// Gives each its temporary surrogate.
pub(crate) fn number(graph: &mut Graph, held: &mut [HeldItem]) {
    for item in held {
        item.id = graph.fresh();
    }
}
