//! The binary: configuration, HTTP, subcommands. No rule about people stands here.
//!
//! Read first: `cli/mod.rs` (what can be said), `config/mod.rs` (what can be configured), `serve/mod.rs` (what runs).

mod admin;
mod cli;
mod config;
mod copy;
mod export;
mod failure;
mod folder;
mod harden;
mod http;
mod import;
mod log;
mod open;
mod policy;
mod progress;
mod restore;
mod sample;
mod serve;
mod terminal;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use crate::admin::Answer;
use crate::cli::{Audit, Cli, Command};
use crate::config::Flags;
use crate::failure::Failure;

/// Reads the command line, does what it says, and answers with the process's exit code.
pub fn main() -> ExitCode {
    let unhardened = harden::process();
    let cli = Cli::parse();
    let json = cli.place.json;
    let done = run(cli, &unhardened);
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) if json => {
            terminal::remark(&failure.json());
            ExitCode::FAILURE
        }
        Err(failure) => {
            terminal::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

/// The exit code: 0 when what was asked for is good, 1 when it is not, 3 when some of it could not be taken in.
fn run(cli: Cli, unhardened: &[&'static str]) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|source| Failure::System { what: "threads", source })?;
    let Cli { place, command } = cli;
    let done = runtime.block_on(async {
        let good = match command.unwrap_or_else(|| Command::Serve(cli::Serve::default())) {
            Command::Import(how) => {
                let report = import::import(&configured(&place)?, how, place.json).await?;
                terminal::say(&if place.json { report.json() } else { report.text() });
                return Ok(report.code());
            }
            Command::Policy(what) => {
                let config = configured(&place)?;
                let said = match what {
                    cli::Policy::Copy { folder, in_force: true } => {
                        policy::copy_in_force(&config, &folder).await?
                    }
                    what => tokio::task::block_in_place(|| policy::look(&config, what))?,
                };
                terminal::say(&if place.json { said.json.to_string() } else { said.text });
                Ok(said.good)
            }
            Command::Serve(how) => serve::serve(&place, how, unhardened).await.map(|()| true),
            Command::Export(said) => {
                let config = configured(&place)?;
                let said = match said {
                    cli::Export { about: Some(cli::Exports::List { tenant }), .. } => {
                        return command_line(&place, admin::Command::ExportList { tenant })
                            .await
                            .map(|good| u8::from(!good));
                    }
                    cli::Export { about: Some(cli::Exports::Cancel { file, key }), .. } => {
                        export::cancel(&config, file, key).await?
                    }
                    cli::Export { file, key, purpose, events, .. } => {
                        let what = export::What { file: file.unwrap_or_default(), key, purpose, events };
                        export::export(&config, what, place.json).await?
                    }
                };
                Ok(answer(&place, &said))
            }
            Command::Tenant(said) => command_line(&place, said.into()).await,
            Command::Source(said) => command_line(&place, said.into()).await,
            Command::Key(said) => command_line(&place, said.into()).await,
            Command::Rotate(said) => command_line(&place, said.into()).await,
            Command::Quarantine(said) => command_line(&place, admin::held(said)?).await,
            Command::Erase(said) => command_line(&place, said.into()).await,
            Command::Retention(said) => command_line(&place, said.into()).await,
            Command::Sample(said) => command_line(&place, said.into()).await,
            Command::Audit(Audit::Verify(cli::Verify {
                copy: Some(folder),
                vkey,
                anchor,
                earlier,
                without_anchor,
                ..
            })) => {
                let trust = copy::Trust { vkey, anchor, earlier, without_anchor };
                let copy = tokio::task::block_in_place(|| copy::verified(&folder, &trust));
                Ok(answer(&place, &Answer::Verified(vec![copy?])))
            }
            Command::Tail(how) => {
                let config = configured(&place)?;
                let say = |tail: &Answer| {
                    answer(&place, tail);
                };
                admin::watch(&config, how, say).await.map(|()| true)
            }
            Command::Audit(said) => command_line(&place, said.into()).await,
            Command::Backup(said) => backup(&place, said.into()).await,
            Command::Restore(said) => {
                let config = configured(&place)?;
                Ok(answer(&place, &restore::restore(&config, said, place.json).await?))
            }
        };
        good.map(|good| u8::from(!good))
    });
    // What still runs has been waited for, or had its time.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Does one command and says its answer.
async fn command_line(place: &cli::Place, command: admin::Command) -> Result<bool, Failure> {
    Ok(answer(place, &admin::follow(&configured(place)?, command, place.json).await?))
}

/// The same for a copy that may take hours, and says how far it is.
async fn backup(place: &cli::Place, command: admin::Command) -> Result<bool, Failure> {
    let admin::Command::Backup { data, keys, signing } = &command else {
        return command_line(place, command).await;
    };
    let folders = [data, keys, signing].into_iter().flatten().cloned().collect();
    let watching = (!place.json).then(|| tokio::spawn(progress::watch(folders)));
    let done = command_line(place, command).await;
    if let Some(watching) = watching {
        watching.abort();
    }
    done
}

/// The configuration of a command that is no server.
fn configured(place: &cli::Place) -> Result<config::Config, Failure> {
    let flags = Flags { config: place.config.clone(), data: place.data.clone(), ..Flags::default() };
    let config = config::load(&flags)?;
    log::start(&config::Log { filter: "warn".to_owned(), ..config.log.clone() })?;
    Ok(config)
}

/// Says an answer, and whether it is a good one.
fn answer(place: &cli::Place, answer: &Answer) -> bool {
    if let (Some(aside), false) = (answer.aside(), place.json) {
        terminal::remark(&aside);
    }
    terminal::say(&if place.json { answer.json() } else { answer.text() });
    answer.is_good()
}
