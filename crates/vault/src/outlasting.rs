//! Owner keys wrapped by the root itself: what must be opened again after any restore of the key database, which such a
//! key may be younger than. A rotation of the root wraps them anew, as it does the KEKs.

use zelo_model::{OwnerId, TenantId};

use crate::secret::Secret;
use crate::slot::Fixed;
use crate::{Kms, KmsError, OwnerKey};

/// An owner's key wrapped by a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootWrapped {
    /// The epoch of the root it is wrapped under.
    pub root_epoch: u32,
    /// As the KMS gave it.
    pub bytes: Vec<u8>,
    /// The key's commitment, compared in constant time when it is unwrapped.
    pub commitment: [u8; 32],
}

impl OwnerKey {
    /// Wraps this key by the root of that epoch.
    pub async fn wrap_by_root(
        &self,
        kms: &dyn Kms,
        root_epoch: u32,
        tenant: TenantId,
        owner: OwnerId,
    ) -> Result<RootWrapped, KmsError> {
        let bytes = kms.wrap(root_epoch, &context(tenant, owner), self.secret().bytes()).await?;
        Ok(RootWrapped { root_epoch, bytes, commitment: *self.commitment() })
    }

    /// Asks the root for a key back; another tenant's or owner's, and a commitment that differs, are refused.
    pub async fn unwrap_by_root(
        kms: &dyn Kms,
        tenant: TenantId,
        owner: OwnerId,
        wrapped: &RootWrapped,
    ) -> Result<Self, KmsError> {
        let RootWrapped { root_epoch, bytes, commitment } = wrapped;
        let secret = Secret::from_bytes(kms.unwrap(*root_epoch, &context(tenant, owner), bytes).await?);
        if !secret.is_committed_by(commitment) {
            return Err(KmsError::Refused);
        }
        Ok(Self::prepare(secret, *commitment))
    }
}

fn context(tenant: TenantId, owner: OwnerId) -> [u8; 38] {
    let mut context = Fixed::<38>::new();
    context.put(b"ZLOWN1");
    context.put(tenant.bytes());
    context.put(owner.bytes());
    context.finish()
}
