//! Whom a tenant gets data from.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    pub(crate) id16: Vec<u8>,
    pub(crate) slug: String,
    pub(crate) kind: String,
    pub(crate) space: String,
    pub(crate) priority: i32,
    pub(crate) jurisdiction: Option<String>,
    pub(crate) collects_for: String,
    pub(crate) created: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
