//! Consent, its withdrawal and its opposites, as people say them to the house (GDPR art. 7, 18, 21; LGPD art. 8, 18).

mod check;
mod confirm;
mod link;
mod plan;
mod receipt;
mod record;
mod sale;
mod seen;
mod token;
mod waiting;
mod withdraw;

pub use confirm::{ConfirmConsent, ReadConfirmation};
pub use link::{CONFIRMATIONS, ConfirmationLink, GiveConfirmation};
pub use receipt::{ReceiptStandard, receipt};
pub use record::{RecordConsent, Said};
pub use seen::{CountNotice, NoticeNumbers};
pub use waiting::Confirming;
pub use withdraw::WithdrawConsent;
