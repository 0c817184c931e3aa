//! Whose log is asked for, and whether it may be asked for here.

use zelo_model::TenantId;
use zelo_store::{TenantRow, TenantState};

use crate::error::{Error, Result};
use crate::tx::{Read, Tx};

/// The tenant whose log is meant: the actor's own or, in the installation, one that is being dropped or was. Nobody acts
/// in those any more, and what they did must stay provable. Of any other it is not even said whether it exists.
pub(super) async fn tenant(tx: &Tx<'_, Read>, id: TenantId) -> Result<TenantRow> {
    let own = &tx.tenant.row;
    if own.id16 == id {
        return Ok(own.clone());
    }
    if own.id != 0 {
        return Err(Error::Forbidden);
    }
    let left = |row: &TenantRow| row.id16 == id && row.state != TenantState::Active;
    tx.rows.tenants().await?.into_iter().find(left).ok_or(Error::Forbidden)
}
