//! A plain server beside which ours is measured: the same people and events, the same question in GraphQL, the same
//! HTTP and database libraries, but everything in the clear, with no policy, no key and no log.

mod fill;
mod graph;
mod rows;
mod shape;

use std::net::SocketAddr;
use std::path::PathBuf;

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use zelo_benches::{Result, databases};

use graph::Query;

/// Where to serve what.
#[derive(Parser)]
struct Args {
    /// SQLite: the folder of the database
    #[arg(long, conflicts_with = "postgres")]
    sqlite: Option<PathBuf>,
    /// PostgreSQL: the database
    #[arg(long)]
    postgres: Option<String>,
    /// Where to listen
    #[arg(long)]
    listen: SocketAddr,
}

type Plain = Schema<Query, EmptyMutation, EmptySubscription>;

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let readers = match (&args.sqlite, &args.postgres) {
        (Some(dir), _) => {
            let file = dir.join("plain.db");
            fill::fill(&databases::sqlite(&file, 1).await?).await?;
            databases::sqlite(&file, 4).await?
        }
        (_, Some(url)) => {
            fill::fill(&databases::postgres(url, 1).await?).await?;
            databases::postgres(url, 16).await?
        }
        _ => return Err("say where: --sqlite or --postgres".into()),
    };
    let schema = Schema::build(Query, EmptyMutation, EmptySubscription).data(readers).finish();
    let router = Router::new().route("/graphql", post(answer)).with_state(schema);
    let listener = tokio::net::TcpListener::bind(args.listen).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn answer(
    State(schema): State<Plain>,
    Json(request): Json<async_graphql::Request>,
) -> Json<async_graphql::Response> {
    Json(schema.execute(request).await)
}
