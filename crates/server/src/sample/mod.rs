//! The sample of the development profile: a tenant of made-up people who came in as real ones do.

mod error;
mod keys;
mod load;
mod people;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use zelo_app::{App, CreateTenant, ListTenants, TenantInfo};
use zelo_model::Via;

pub(crate) use error::SampleError;
pub(crate) use keys::DevKeys;
use keys::Kept;

/// The sample tenant's name.
const TENANT: &str = "demo";

/// The keys' file in the data folder.
pub(crate) fn keys_file(folder: &Path) -> PathBuf {
    folder.join("dev-keys.toml")
}

/// Makes the sample when there is no tenant at all, and finishes one a crash interrupted: the keys' file is written
/// last, so while it is missing the sample is not whole. Answers the keys, if there is a sample.
pub(crate) async fn prepare(app: &App, folder: &Path) -> Result<Option<DevKeys>, SampleError> {
    let file = keys_file(folder);
    let tenants = app.run(&app.operator(None, Via::Cli).await?, ListTenants { dropped: false }).await?;
    let sample = tenants.iter().find(|tenant| tenant.sample);
    let wanted = sample.is_some() || tenants.is_empty();
    match Kept::read(&file) {
        Kept::Dropped => Ok(None),
        Kept::Keys(keys) if sample.is_some_and(|tenant| tenant.slug == keys.tenant) => Ok(Some(keys)),
        _ if wanted => {
            let tenant = match sample {
                Some(tenant) => tenant.clone(),
                None => create(app).await?,
            };
            let keys = load::people(app, &tenant).await?;
            Kept::Keys(keys.clone()).write(&file)?;
            Ok(Some(keys))
        }
        _ => Ok(None),
    }
}

async fn create(app: &App) -> Result<TenantInfo, SampleError> {
    let create =
        CreateTenant { slug: TENANT.to_owned(), controller: "demo-controller".to_owned(), sample: true };
    Ok(app.run(&app.operator(None, Via::Cli).await?, create).await?)
}

/// Removes the sample tenant and leaves word that it shall not come back; answers its name, if there was one. The
/// word comes first, so that a crash in between does not bring everybody back at the next start.
pub(crate) async fn drop_from(app: &App, folder: &Path) -> Result<Option<String>, zelo_app::Error> {
    let tenants = app.run(&app.operator(None, Via::Cli).await?, ListTenants { dropped: false }).await?;
    let Some(sample) = tenants.into_iter().find(|tenant| tenant.sample) else { return Ok(None) };
    Kept::Dropped.write(&keys_file(folder)).map_err(zelo_app::Error::unavailable)?;
    app.drop_tenant(&sample.slug).await?;
    Ok(Some(sample.slug))
}
