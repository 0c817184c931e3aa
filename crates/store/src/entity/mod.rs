//! SeaORM entities of the small tables; the large ones are read and written in bulk.

pub(crate) mod credential;
pub(crate) mod source;
pub(crate) mod tenant;
