//! Consent, its withdrawal and its opposites, as people say them to the house (GDPR art. 7, 18, 21; LGPD art. 8, 18).

mod check;
mod plan;
mod receipt;
mod record;
mod withdraw;

pub use receipt::{ReceiptStandard, receipt};
pub use record::{RecordConsent, Said};
pub use withdraw::WithdrawConsent;
