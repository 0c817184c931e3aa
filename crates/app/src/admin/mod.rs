//! Running the installation: tenants, their sources, their credentials.

mod credential;
mod source;
mod tenant;

pub use credential::{CreateCredential, CredentialInfo, ListCredentials, NewSecret, RevokeCredential};
pub use source::{CreateSource, ListSources, SourceInfo};
pub use tenant::{BeginTenantDrop, CreateTenant, FinishTenantDrop, ListTenants, TenantInfo};

use zelo_model::Problem;

use crate::error::{Error, Result};

/// Names are lower-case words joined by `-`, at most 64 characters: they stand in configuration and on the command
/// line.
fn name(at: &str, name: &str) -> Result<()> {
    let word = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(word) || name.starts_with('-') {
        let message = "use lower-case letters, digits and `-`, at most 64 characters";
        return Err(Error::Invalid(vec![Problem::new(at, message)]));
    }
    Ok(())
}
