//! What must never happen, whatever people do.

mod canaries;
mod columns;
mod detection;
mod door;
mod isolation;
mod keys_first;
mod oracles;
mod rooms;
mod schema;
mod sealed;
mod start;
mod withheld;
