//! Typed 16-byte identifiers; outside they read `prf_` + base32, which is also the Relay id.
//!
//! No id here says anything about a person. Those that outlive an erasure (owner, profile, audit handle) are
//! random; the others carry their time (`UUIDv7`, RFC 9562 §5.7) so that they sort.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, Encoding};

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The prefix belongs to another kind of id, or there is none.
    #[error("an id of this kind starts with `{0}`")]
    Prefix(&'static str),
    /// The part behind the prefix is not 26 characters of base32.
    #[error("`{0}` must be followed by 26 characters of base32")]
    Encoding(&'static str),
}

fn encode(prefix: &str, bytes: &[u8; 16]) -> String {
    let mut text = BASE32_NOPAD.encode(bytes);
    text.make_ascii_lowercase();
    format!("{prefix}{text}")
}

fn decode(prefix: &'static str, text: &str) -> Result<[u8; 16], IdError> {
    let coding: &Encoding = &BASE32_NOPAD;
    let body = text.strip_prefix(prefix).ok_or(IdError::Prefix(prefix))?;
    let bytes = coding.decode(body.to_ascii_uppercase().as_bytes()).map_err(|_| IdError::Encoding(prefix))?;
    bytes.try_into().map_err(|_| IdError::Encoding(prefix))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// What every id of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// The bytes as they stand in keys, associated data and leaves.
            pub fn bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Reads sixteen bytes as a column gives them; `None` for any other length.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&encode($prefix, &self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                decode($prefix, text).map(Self)
            }
        }
    };
}

id!(
    /// One controller: the isolation of data, keys, index and log.
    TenantId, "ten_"
);
id!(
    /// Whoever owns a data key: a record, a quarantine item, a request. Random; it outlives an erasure.
    OwnerId, "rec_"
);
id!(
    /// A set of records believed to be one person; what the APIs show. Random.
    ProfileId, "prf_"
);
id!(
    /// An immutable fact of one record: 48 bits of client time, 80 bits of keyed digest.
    EventId, "evt_"
);
id!(
    /// Whom we got data from: a write key, an import, a plugin installation, Zelo itself.
    SourceId, "src_"
);
id!(
    /// A credential: a key that speaks for a tenant in one role.
    CredentialId, "key_"
);
id!(
    /// One entry of the audit log.
    EntryId, "ent_"
);
id!(
    /// One line of the merge journal.
    JournalId, "mrg_"
);
id!(
    /// One message held in quarantine.
    QuarantineId, "qua_"
);
id!(
    /// One rotation of a key.
    RotationId, "rot_"
);
id!(
    /// One export of a tenant's people. Random.
    ExportId, "exp_"
);
id!(
    /// Something said to a purpose: a consent, a denial, an objection.
    ConsentId, "cns_"
);
id!(
    /// A change of policies, proposed by one person for another to decide on.
    PolicyChangeId, "pch_"
);
id!(
    /// How the audit log names a profile: 128 random bits whose mapping dies at erasure.
    Handle, "hdl_"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_itself_and_as_no_other_kind() {
        let ana = ProfileId([7; 16]);
        assert_eq!(ana.to_string().parse(), Ok(ana));
        assert_eq!(ana.to_string().parse::<OwnerId>(), Err(IdError::Prefix("rec_")));
        assert_eq!("prf_short".parse::<ProfileId>(), Err(IdError::Encoding("prf_")));
    }
}
