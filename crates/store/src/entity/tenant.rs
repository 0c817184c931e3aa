//! One controller.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: i64,
    pub(crate) id16: Vec<u8>,
    pub(crate) slug: String,
    pub(crate) controller: String,
    pub(crate) sample: i16,
    pub(crate) state: i16,
    pub(crate) made: i64,
    pub(crate) created: i64,
    pub(crate) index_epoch: i32,
    pub(crate) index_next: Option<i32>,
    pub(crate) generation: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
