//! The tenant's key-encryption key: it wraps every other key of the tenant and seals nothing else.

use std::fmt;

use xaes_256_gcm::Xaes256Gcm;
use zelo_model::{OwnerId, TenantId};
use zeroize::Zeroizing;

use crate::envelope::Suite;
use crate::secret::Secret;
use crate::shared::Sealer;
use crate::slot::Fixed;
use crate::{Kms, KmsError, OpenError, OwnerKey, Rng};

/// A key as the key database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The version of the KEK it is wrapped under.
    pub version: u32,
    /// `ZL|01|02|kid16|nonce24|key32|tag16`, 92 bytes.
    pub bytes: Vec<u8>,
    /// The commitment of the wrapped key, compared in constant time when it is unwrapped.
    pub commitment: [u8; 32],
}

/// A KEK as the key database keeps it, wrapped by a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKek {
    /// The epoch of the root it is wrapped under.
    pub root_epoch: u32,
    /// Its own version.
    pub version: u32,
    /// As the KMS gave it.
    pub bytes: Vec<u8>,
    /// The KEK's commitment, compared in constant time when it is unwrapped.
    pub commitment: [u8; 32],
}

/// What a shared key of a tenant is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SharedPurpose {
    /// Sealing what is personal to nobody.
    Data,
    /// The blind index.
    Index,
    /// Recognising repeated messages; one epoch for ever.
    Dedup,
    /// Recognising suppressed identifiers; one epoch for ever.
    Suppression,
}

impl SharedPurpose {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Data, Self::Index, Self::Dedup, Self::Suppression];

    /// The number in the `purpose` column and in the wrapping; 0 is the owners'.
    pub const fn number(self) -> u8 {
        match self {
            Self::Data => 1,
            Self::Index => 2,
            Self::Dedup => 3,
            Self::Suppression => 4,
        }
    }

    /// The purpose with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.number() == number)
    }
}

/// A tenant's key-encryption key, version N: XAES-256-GCM, so it may wrap without limit.
pub struct Kek {
    version: u32,
    sealer: Sealer,
}

impl Kek {
    /// A fresh key; versions count from 1.
    pub fn generate(version: u32, rng: &Rng) -> Self {
        Self { version, sealer: Sealer::new(Secret::generate(rng)) }
    }

    /// Counted from 1 per tenant.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Wraps this key by the root of that epoch.
    pub async fn wrap(
        &self,
        kms: &dyn Kms,
        root_epoch: u32,
        tenant: TenantId,
    ) -> Result<WrappedKek, KmsError> {
        let Self { version, sealer } = self;
        let bytes = kms.wrap(root_epoch, &context(tenant, *version), sealer.secret.bytes()).await?;
        Ok(WrappedKek { root_epoch, version: *version, bytes, commitment: sealer.commitment })
    }

    /// Asks the root for the key back; a commitment that differs is refused.
    pub async fn unwrap(kms: &dyn Kms, tenant: TenantId, wrapped: &WrappedKek) -> Result<Self, KmsError> {
        let WrappedKek { root_epoch, version, bytes, commitment } = wrapped;
        let secret = Secret::from_bytes(kms.unwrap(*root_epoch, &context(tenant, *version), bytes).await?);
        if !secret.is_committed_by(commitment) {
            return Err(KmsError::Refused);
        }
        Ok(Self { version: *version, sealer: Sealer::new(secret) })
    }

    /// Wraps an owner's key.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn wrap_owner(&self, rng: &Rng, tenant: TenantId, owner: OwnerId, key: &OwnerKey) -> Wrapped {
        let bytes = self.sealer.seal(rng, &self.aad(0, 0, tenant, owner.bytes()), key.secret().bytes());
        Wrapped { version: self.version, bytes, commitment: *key.commitment() }
    }

    /// Unwraps an owner's key; refuses another tenant's, owner's or version's, and a commitment that differs.
    pub fn unwrap_owner(
        &self,
        tenant: TenantId,
        owner: OwnerId,
        wrapped: &Wrapped,
    ) -> Result<OwnerKey, OpenError> {
        let secret = self.open(&self.aad(0, 0, tenant, owner.bytes()), wrapped)?;
        Ok(OwnerKey::prepare(secret, wrapped.commitment))
    }

    pub(crate) fn wrap_shared(
        &self,
        rng: &Rng,
        tenant: TenantId,
        purpose: SharedPurpose,
        epoch: u32,
        key: &Secret,
    ) -> Wrapped {
        let aad = self.aad(purpose.number(), epoch, tenant, &[0; 16]);
        let bytes = self.sealer.seal(rng, &aad, key.bytes());
        Wrapped { version: self.version, bytes, commitment: key.commitment() }
    }

    pub(crate) fn unwrap_shared(
        &self,
        tenant: TenantId,
        purpose: SharedPurpose,
        epoch: u32,
        wrapped: &Wrapped,
    ) -> Result<Secret, OpenError> {
        self.open(&self.aad(purpose.number(), epoch, tenant, &[0; 16]), wrapped)
    }

    fn open(&self, aad: &[u8], wrapped: &Wrapped) -> Result<Secret, OpenError> {
        if wrapped.version != self.version {
            return Err(OpenError);
        }
        let plain: Zeroizing<Vec<u8>> = self.sealer.open(aad, &wrapped.bytes)?;
        let secret = Secret::from_slice(&plain)?;
        if secret.is_committed_by(&wrapped.commitment) { Ok(secret) } else { Err(OpenError) }
    }

    /// `"ZLWRAP1"|suite|kid16|version u32|purpose u8|epoch u32|tenant16|owner16`; owner is zero for shared keys.
    fn aad(&self, purpose: u8, epoch: u32, tenant: TenantId, owner: &[u8; 16]) -> [u8; 65] {
        let mut aad = Fixed::<65>::new();
        aad.put(b"ZLWRAP1");
        aad.put(&[Xaes256Gcm::NUMBER]);
        aad.put(self.sealer.kid());
        aad.put(&self.version.to_be_bytes());
        aad.put(&[purpose]);
        aad.put(&epoch.to_be_bytes());
        aad.put(tenant.bytes());
        aad.put(owner);
        aad.finish()
    }
}

/// What the root vouches for: `"ZLKEK1"|tenant16|version u32`.
fn context(tenant: TenantId, version: u32) -> [u8; 26] {
    let mut context = Fixed::<26>::new();
    context.put(b"ZLKEK1");
    context.put(tenant.bytes());
    context.put(&version.to_be_bytes());
    context.finish()
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kek(version {}, …)", self.version)
    }
}
