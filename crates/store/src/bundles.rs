//! Policy bundles, each under its digest: what entries of the log cite is there for ever.

use zelo_model::Timestamp;

use crate::error::Result;
use crate::sql::{Reading, get};
use crate::writer::Writing;

impl Writing<'_> {
    /// Keeps the files of a bundle, a JSON object of texts by path.
    pub async fn keep_policy(&self, digest: &str, files: &str, at: Timestamp) -> Result<()> {
        let values = vec![digest.into(), at.micros().into(), files.into()];
        let sql = "insert into policy_bundle (digest, at, files) values ($1, $2, $3) on conflict do nothing";
        self.execute(sql, values).await.map(drop)
    }
}

impl Reading<'_> {
    /// The files of a bundle that was ever in force.
    pub async fn policy_files(&self, digest: &str) -> Result<Option<String>> {
        let sql = "select files from policy_bundle where digest = $1";
        self.one(sql, vec![digest.into()]).await?.map(|row| get(&row, 0)).transpose()
    }
}
