//! What a batch's decisions rest on, beside the links of its own identifiers: who the profiles it reached were.

use zelo_model::Timestamp;
use zelo_store::{Reading, Summary};

use crate::error::Result;

/// The profiles that messages reached, as they were: their records, and the identifiers that count against limits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ground {
    pub(crate) profiles: Vec<i64>,
    pub(crate) members: Vec<(i64, i64)>,
    identifiers: Vec<(i64, i64, [u8; 16], bool)>,
    /// Records among them that a steward keeps apart, the lower first; read only where there are two to bring together.
    pub(crate) apart: Vec<(i64, i64)>,
}

/// What was read of them.
pub(crate) struct Survey {
    pub(crate) ground: Ground,
    pub(crate) members: Vec<(i64, i64, Timestamp)>,
    pub(crate) summaries: Vec<Summary>,
}

/// Reads who these profiles are.
pub(crate) async fn survey(rows: &Reading<'_>, tenant: i64, profiles: &[i64]) -> Result<Survey> {
    let members = rows.members(tenant, profiles).await?;
    let summaries = rows.summaries(tenant, profiles).await?;
    let identifiers = summaries.iter().map(|row| (row.profile, row.record, row.digest, row.demoted));
    let apart = if profiles.len() > 1 { rows.apart(tenant, profiles).await? } else { Vec::new() };
    let ground = Ground {
        apart,
        profiles: profiles.to_vec(),
        members: members.iter().map(|(record, profile, _)| (*record, *profile)).collect(),
        identifiers: identifiers.collect(),
    };
    Ok(Survey { ground, members, summaries })
}
