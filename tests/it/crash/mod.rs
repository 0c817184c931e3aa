//! The power goes, the disk fails, the process dies: what was promised holds, and nothing else was promised.

mod disk;
mod fault;
mod held;
mod kill;
mod load;
mod order;
mod postgres;

pub(crate) use held::hold;
pub(crate) use load::Load;
