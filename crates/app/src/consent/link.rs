//! A link by which somebody confirms that an address is theirs and that they meant yes (double opt-in).

use zelo_ledger::Class;
use zelo_model::{ConsentId, ConsentKind, IdentifierKind, ProfileId, Purpose, Timestamp};
use zelo_store::ConsentRow;

use super::record::vouching;
use super::token::Claim;
use super::waiting::{is_granted, is_taken_back};
use crate::error::{Error, Result};
use crate::facts::{Lapses, Whoever};
use crate::operation::{Operation, Target};
use crate::people::person;
use crate::profile::{home, told};
use crate::tx::{Read, Tx};

/// Gives the link that confirms one yes which waits. Zelo sends nothing: whoever asks has it sent to the address.
pub struct GiveConfirmation {
    /// Whose.
    pub profile: ProfileId,
    /// The yes that waits, of kind [`ConsentKind::Pending`].
    pub consent: ConsentId,
    /// The e-mail address or telephone number of the profile it is about: kind, id space, value. Left out, it is the one the
    /// yes came with.
    pub identifier: Option<(IdentifierKind, Option<String>, String)>,
}

/// A link, and until when it confirms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmationLink {
    /// The path; behind the address at which people reach this server it is the link.
    pub path: String,
    /// Until when.
    pub until: Timestamp,
}

/// Where links lead.
pub const CONFIRMATIONS: &str = "/v1/confirmations/";

impl Operation for GiveConfirmation {
    const NAME: &'static str = "confirmation.give";
    const CLASS: Class = Class::Processing;
    const TARGET: Target = Target::Person;
    type Access = Read;
    type Ready = ();
    type Output = ConfirmationLink;

    async fn prepare(&self, _: &mut Tx<'_, Read>) -> Result<()> {
        Ok(())
    }

    async fn run(&self, (): (), tx: &mut Tx<'_, Read>) -> Result<ConfirmationLink> {
        let link = self.link(tx).await;
        link.map_err(|error| told(tx, error))
    }
}

impl GiveConfirmation {
    async fn link(&self, tx: &mut Tx<'_, Read>) -> Result<ConfirmationLink> {
        let profile = person(tx, self.profile).await?;
        let records: Vec<i64> = profile.members.iter().map(|member| member.record).collect();
        let said = tx.rows.consents(tx.tenant.row.id, &records).await?;
        let row = said.iter().find(|row| row.id == self.consent).ok_or(Error::NotFound)?;
        if row.kind != ConsentKind::Pending {
            return Err(Error::invalid("consent", "this is no yes that waits to be confirmed"));
        }
        let (identifier, vouching) = self.identifier(tx, &records, row).await?;
        if is_taken_back(&said, row) {
            return Err(Error::Conflict("this person has said no since; a yes after that is another one"));
        }
        if is_granted(&said, row, vouching) {
            return Err(Error::Conflict("this address has said yes since; there is nothing left to confirm"));
        }
        let lapses = Lapses { policy: tx.policy, home: home(tx)?, whoever: &Whoever::default() };
        let until = lapses.of(row).map_or(Timestamp::MAX, |lapse| lapse.at);
        if until <= tx.now {
            return Err(Error::Conflict(
                "this yes was not confirmed in time, or its text was replaced; ask the person again",
            ));
        }
        let member = profile.members.iter().find(|member| member.record == row.owner);
        let record = member.ok_or_else(|| Error::internal("a consent of no member"))?.id16;
        let claim = Claim { record, consent: row.id, identifier, until };
        let path = format!("{CONFIRMATIONS}{}", claim.token(tx.tenant, tx.rng()));
        Ok(ConfirmationLink { path, until })
    }

    /// The identifier that will vouch for it: by its epoch and blind index, and by surrogate.
    async fn identifier(
        &self,
        tx: &Tx<'_, Read>,
        records: &[i64],
        row: &ConsentRow,
    ) -> Result<((u32, [u8; 16]), i64)> {
        let (tenant, with) = (tx.tenant.row.id, row.verified);
        let purpose: Purpose = row.purpose.parse().map_err(Error::internal)?;
        let by = &tx.policy.consent_rules(&purpose).confirm_by;
        if self.identifier.as_ref().is_some_and(|(kind, ..)| !by.contains(kind)) {
            let kinds = by.iter().map(|kind| kind.slug()).collect::<Vec<_>>().join(" or ");
            return Err(Error::invalid(
                "identifier",
                format!("a yes to this purpose is confirmed by {kinds}"),
            ));
        }
        let named = vouching(tx, self.identifier.as_ref(), records).await?.map(|(identifier, _)| identifier);
        let links = tx.rows.links_of(tenant, records).await?;
        // What was said in the voice of an address is confirmed by that address alone.
        let own = |id: &i64| links.iter().any(|link| link.identifier == *id && by.contains(&link.kind));
        let identifier = match (with.filter(own), named) {
            (Some(own), Some(named)) if own != named => {
                return Err(Error::invalid("identifier", "this yes came with another address"));
            }
            (Some(one), _) | (None, Some(one)) => one,
            (None, None) => {
                let message = "this yes came with no address; name the one of this profile that it is about";
                return Err(Error::invalid("identifier", message));
            }
        };
        let epoch = tx.tenant.keys.index().epoch();
        let Some(digest) = tx.rows.digest_of(tenant, epoch, identifier).await? else {
            // Another epoch is matched on by now.
            tx.inner.tenants.outdate(tx.tenant);
            return Err(Error::Stale);
        };
        Ok(((epoch, digest), identifier))
    }
}
