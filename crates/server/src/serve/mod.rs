//! `zelo serve`: from an empty folder to a listening server, and back.

mod banner;
mod listen;
pub(crate) mod policies;
mod rotate;
pub(crate) mod sequence;
mod stop;

use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use zelo_app::App;
use zelo_graphql::GraphiqlOptions;

use crate::admin::{Room, Socket};
use crate::cli;
use crate::config::{self, Audit, Config, Data, Flags, Profile, Root};
use crate::failure::Failure;
use crate::folder::Folder;
use crate::http::{self, Extras, Metrics, Pulse, Site};
use crate::sample::{self, DevKeys};
use crate::{log, open};

use banner::Banner;
use stop::Stop;

/// How often what has lapsed is taken away.
const EXPIRE: Duration = Duration::from_hours(1);
/// How often old keys leave memory, counters are folded, and what is left of an erasure is carried on.
const TIDY: Duration = Duration::from_secs(5);

/// Serves until it is told to stop.
pub(crate) async fn serve(
    place: &cli::Place,
    how: cli::Serve,
    unhardened: &[&'static str],
) -> Result<(), Failure> {
    let stop = Stop::on_signals().map_err(|source| Failure::System { what: "signal handlers", source })?;
    let (config, temporary) = configure(place, &how)?;
    log::start(&config.log)?;
    for what in unhardened {
        tracing::warn!("{what}");
    }
    let folder = Folder::hold(&config.data.dir, "zelo serve")?;
    let listener = listen::bind(config.server.listen).await?;
    let metrics = Metrics::start();
    let app = open::app(&config, how.clock).await?;
    let keys = match (config.profile, &temporary) {
        (Profile::Development, None) => {
            sample::prepare(&app, folder.path()).await.map_err(Failure::Sample)?
        }
        _ => None,
    };
    let socket = Socket::open(folder.path())?;
    let serving =
        Serving { config, folder, app, keys, metrics, ephemeral: temporary.is_some(), json: place.json };
    let done = serving.run(listener, socket, stop).await;
    drop(temporary);
    done
}

/// The configuration; in the ephemeral mode that of a folder which is gone at the end, whatever files and
/// environment say of places.
fn configure(place: &cli::Place, how: &cli::Serve) -> Result<(Config, Option<TempDir>), Failure> {
    let flags = Flags {
        config: place.config.clone(),
        listen: how.listen,
        data: place.data.clone(),
        profile: how.profile,
    };
    let mut config = config::load(&flags)?;
    if !how.ephemeral {
        return Ok((config, None));
    }
    let temporary = tempfile::Builder::new().prefix("zelo-").tempdir();
    let temporary = temporary.map_err(|source| Failure::System { what: "a temporary folder", source })?;
    config.profile = Profile::Development;
    config.data = Data { dir: temporary.path().join("zelo-data"), url: None, keys_url: None };
    config.root = Root::default();
    config.audit = Audit { reads: config.audit.reads, ..Audit::default() };
    config.server.listen = how.listen.unwrap_or(([127, 0, 0, 1], 0).into());
    Ok((config, Some(temporary)))
}

/// A server that has opened everything.
struct Serving {
    config: Config,
    folder: Folder,
    app: App,
    keys: Option<DevKeys>,
    metrics: Metrics,
    ephemeral: bool,
    json: bool,
}

impl Serving {
    async fn run(self, listener: TcpListener, socket: Socket, stop: Stop) -> Result<(), Failure> {
        let address = listener
            .local_addr()
            .map_err(|source| Failure::Listen { address: self.config.server.listen, source })?;
        let insecure = self.config.profile == Profile::Development;
        let pulse = Pulse::start();
        let refused = policies::Refused::default();
        let site = Site {
            app: self.app.clone(),
            insecure,
            database: open::kind(&self.config),
            metrics: self.metrics.clone(),
            pulse: pulse.clone(),
            refused: refused.clone(),
        };
        // Whoever reaches the page gets the key in it, so it stands there only while nobody reaches it from elsewhere.
        let local = address.ip().is_loopback();
        let header = |keys: &DevKeys| format!("{{\"Authorization\": \"Bearer {}\"}}", keys.developer);
        let default_headers = self.keys.as_ref().filter(|_| local).map(header);
        let graphiql = GraphiqlOptions { default_headers, ..GraphiqlOptions::default() };
        let router = http::router(site, Extras { graphiql, ephemeral: self.ephemeral });

        let room = Room::new(self.app.clone(), self.folder.path());
        let act = move |command| {
            let room = room.clone();
            async move { room.act(command).await }
        };
        let (stopped, ending) = oneshot::channel::<()>();
        let commands = tokio::spawn(socket.serve(act, stop.clone().asked()));
        let chores = tokio::spawn(chores(self.app.clone(), self.metrics.clone()));
        let expiry = tokio::spawn(expire(self.app.clone()));
        let end = async { drop(ending.await) };
        let sequencer = tokio::spawn(sequence::run(self.app.clone(), pulse, end));
        let rotations = tokio::spawn(rotate::run(self.app.clone()));
        let folder = self.config.policy.folder.clone();
        let following = tokio::spawn(policies::follow(self.app.clone(), refused.clone()));
        let watching = folder.map(|folder| tokio::spawn(policies::watch(self.app.clone(), folder, refused)));
        let (ending, app) = (stop.clone(), self.app.clone());
        tokio::spawn(async move {
            ending.asked().await;
            app.end_tails();
        });
        let warnings = (insecure && !self.ephemeral).then(|| tokio::spawn(banner::warn_hourly(local)));

        let banner = Banner { address, folder: self.folder.path(), sample: self.keys.is_some() };
        banner.show(self.ephemeral || self.json);
        listen::serve(listener, router, stop).await;

        let _ = timeout(listen::GRACE, commands).await;
        drop(stopped);
        let _ = timeout(listen::GRACE, sequencer).await;
        chores.abort();
        rotations.abort();
        expiry.abort();
        following.abort();
        if let Some(watching) = watching {
            watching.abort();
        }
        if let Some(warnings) = warnings {
            warnings.abort();
        }
        self.app.leave().await;
        tracing::info!("stopped");
        Ok(())
    }
}

async fn chores(app: App, metrics: Metrics) {
    let mut every = tokio::time::interval(TIDY);
    loop {
        every.tick().await;
        app.sweep_keys();
        metrics.tidy();
        if let Err(error) = app.finish_erasures().await {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "an erasure that was begun could not be carried on; it is tried again");
        }
    }
}

/// Takes away what has lapsed and what the schedules say, at the start and every hour; what a passage has begun, it ends,
/// whoever waits for it.
async fn expire(app: App) {
    let mut every = tokio::time::interval(EXPIRE);
    loop {
        every.tick().await;
        match app.expire().await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "records and messages whose time was over are gone"),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "what has lapsed could not be taken away; again in an hour");
            }
        }
        match app.retain().await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "events and people whose schedule was over are gone"),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the schedules could not be applied; again in an hour");
            }
        }
    }
}
