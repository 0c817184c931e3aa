//! What the command line can do, as values: run here, or carried to the running server and back.

mod answer;
mod audit;
mod backed_up;
mod client;
mod command;
mod erase;
mod export;
mod import;
mod link;
mod quarantine;
mod retention;
mod room;
mod rotate;
mod said;
mod shown;
mod socket;
mod tail;
#[cfg(test)]
mod tests;
mod verified;
mod wire;

pub(crate) use answer::Answer;
pub(crate) use backed_up::size;
pub(crate) use client::{held, key, perform, watch};
pub(crate) use command::Command;
pub(crate) use export::{ExportShown, PageShown, Shows};
pub(crate) use import::{ImportRow, ImportRows, ImportedShown, RowFate};
pub(crate) use link::Link;
pub(crate) use room::Room;
pub(crate) use rotate::follow;
pub(crate) use socket::{Socket, SocketError};
pub(crate) use tail::Secret;
pub(crate) use verified::{Held, LogShown};
pub(crate) use wire::Refused;
