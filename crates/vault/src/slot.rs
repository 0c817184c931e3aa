//! What a seal vouches for besides the bytes: whose they are, where they stand, and which writing of them it is.

use zelo_model::{OwnerId, TenantId};

use crate::Place;

/// Magic, suite, kid, tenant, owner, table, column, row, version.
const LEN: usize = 6 + 1 + 16 + 16 + 16 + 4 + 4 + 16 + 8;

/// Where one sealed value stands. A value sealed for one slot opens in no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Whose installation.
    pub tenant: TenantId,
    /// Who owns the key; for what is personal to nobody, the tenant's own owner id.
    pub owner: OwnerId,
    /// Which column.
    pub place: Place,
    /// The row's own 16-byte id; the owner's in tables with one row an owner.
    pub row: [u8; 16],
    /// How often the blob has been written, counted from 1: an older writing does not open in its place.
    pub seal_version: u64,
}

impl Slot {
    /// The associated data (RFC 5116 §2.1), fixed width so that no two slots read alike:
    /// `"ZLAAD1"|suite|kid|tenant16|owner16|table u32|column u32|row16|seal_version u64`, big-endian.
    pub(crate) fn aad(&self, suite: u8, kid: &[u8; 16]) -> [u8; LEN] {
        let mut aad = Fixed::<LEN>::new();
        aad.put(b"ZLAAD1");
        aad.put(&[suite]);
        aad.put(kid);
        aad.put(self.tenant.bytes());
        aad.put(self.owner.bytes());
        aad.put(&self.place.table.to_be_bytes());
        aad.put(&self.place.column.to_be_bytes());
        aad.put(&self.row);
        aad.put(&self.seal_version.to_be_bytes());
        aad.finish()
    }
}

/// Writes fields of fixed width one after the other; says at once if they do not fill it exactly.
pub(crate) struct Fixed<const N: usize> {
    bytes: [u8; N],
    at: usize,
}

impl<const N: usize> Fixed<N> {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; N], at: 0 }
    }

    pub(crate) fn put(&mut self, field: &[u8]) {
        self.bytes[self.at..self.at + field.len()].copy_from_slice(field);
        self.at += field.len();
    }

    pub(crate) fn finish(self) -> [u8; N] {
        debug_assert_eq!(self.at, N, "every byte of fixed associated data is written");
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_associated_data_is_the_documented_bytes() {
        let slot = Slot {
            tenant: TenantId([1; 16]),
            owner: OwnerId([2; 16]),
            place: Place { table: 3, column: 4 },
            row: [5; 16],
            seal_version: 6,
        };
        let mut wanted = b"ZLAAD1\x01".to_vec();
        for (byte, count) in
            [(7, 16), (1, 16), (2, 16), (0, 3), (3, 1), (0, 3), (4, 1), (5, 16), (0, 7), (6, 1)]
        {
            wanted.extend(std::iter::repeat_n(byte, count));
        }
        assert_eq!(slot.aad(1, &[7; 16])[..], wanted);
    }
}
