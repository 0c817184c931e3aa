//! How large the sealed values are that the server has written, so that the floor writes as much.

use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, Statement};
use zelo_benches::Result;

use crate::server::Place;

/// Average bytes.
pub(crate) struct Sizes {
    event: i64,
    record: i64,
    key: i64,
}

impl Sizes {
    /// Of what was written last.
    pub(crate) async fn seen(place: &Place) -> Result<Self> {
        let (data, keys) = if let Some(cluster) = &place.cluster {
            (cluster.url("zelo"), cluster.url("zelo_keys"))
        } else {
            let file = |name| format!("sqlite://{}?mode=ro", place.folder.join("zelo").join(name).display());
            (file("zelo.db"), file("zelo-keys.db"))
        };
        Ok(Self {
            event: average(&data, "select body as value from event order by received desc limit 200").await?,
            record: average(&data, "select body as value from record order by id desc limit 200").await?,
            key: average(&keys, "select wrapped as value from owner_key limit 200").await?,
        })
    }

    /// As the floor is told them.
    pub(crate) fn words(&self) -> [String; 3] {
        let Self { event, record, key } = self;
        [format!("--event-bytes={event}"), format!("--record-bytes={record}"), format!("--key-bytes={key}")]
    }
}

async fn average(url: &str, values: &str) -> Result<i64> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    let db = Database::connect(options).await?;
    let sql = format!("select cast(avg(length(value)) as bigint) from ({values}) v");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let average = row.ok_or("nothing was written")?.try_get_by_index(0)?;
    db.close().await?;
    Ok(average)
}
