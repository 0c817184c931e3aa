//! The log of what was done: it is held against what was signed elsewhere, by us and by others, and people read it.

mod access;
mod dropped;
mod foreign;
mod forge;
mod grown;
mod tampering;
