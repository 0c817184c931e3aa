//! A key that speaks for a tenant in one role; only its hash is here.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id16: Vec<u8>,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) purposes: String,
    pub(crate) source: Option<i64>,
    pub(crate) secret_hash: Vec<u8>,
    pub(crate) created: i64,
    pub(crate) revoked: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
