//! Pools of seeds, for organizers who choose one and administrators who fill them.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::{delete, get, post},
};
use regie_core::{ApiJson, Error, Result, Role};
use regie_identity::Principal;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

use crate::pools::{Pool, Pools, Problem, Progress, Scan};

pub fn router(pools: Arc<Pools>) -> Router {
    Router::new()
        .route("/api/pools", get(list_pools))
        .route("/api/admin/seeds", get(count_seeds))
        .route("/api/admin/seeds/scan", post(scan_seeds))
        .route("/api/admin/pools/{pool}/generate", post(generate_seeds))
        .route("/api/admin/pools/jobs", get(list_seed_jobs))
        .route("/api/admin/pools/jobs/{id}", delete(cancel_seed_job))
        .with_state(pools)
}

#[derive(OpenApi)]
#[openapi(paths(list_pools, count_seeds, scan_seeds, generate_seeds, list_seed_jobs, cancel_seed_job))]
pub struct ApiDoc;

#[derive(Debug, Serialize, ToSchema)]
pub struct PoolList {
    items: Vec<Pool>,
    /// Always `null`: there are few.
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SeedCounts {
    pools: Vec<PoolCounts>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PoolCounts {
    name: String,
    display_name: String,
    available: usize,
    consumed: usize,
    discarded: usize,
    problems: Vec<Problem>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct GenerateSeeds {
    /// Seeds that are wanted, 1 to 1000.
    count: u32,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct JobStarted {
    job: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeedJobs)]
pub struct JobList {
    items: Vec<Progress>,
    next: Option<String>,
}

/// For whoever makes a race; what cannot be used of a pool only administrators are told.
#[utoipa::path(get, path = "/api/pools", tag = "pools", responses((status = 200, body = PoolList), (status = 401)))]
pub async fn list_pools(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<PoolList>> {
    let actor = principal.actor();
    if actor.is_anonymous() {
        return Err(Error::unauthenticated());
    }
    let mut items = pools.list();
    if actor.role < Role::Admin {
        for pool in &mut items {
            pool.problems.clear();
            pool.running = None;
        }
    }
    Ok(Json(PoolList { items, next: None }))
}

#[utoipa::path(get, path = "/api/admin/seeds", tag = "pools", responses((status = 200, body = SeedCounts), (status = 401), (status = 403)))]
pub async fn count_seeds(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<SeedCounts>> {
    principal.actor().require(Role::Admin)?;
    let counts = |pool: Pool| PoolCounts {
        name: pool.name,
        display_name: pool.display_name,
        available: pool.available,
        consumed: pool.consumed,
        discarded: pool.discarded,
        problems: pool.problems,
    };
    Ok(Json(SeedCounts { pools: pools.list().into_iter().map(counts).collect() }))
}

/// Looks at all folders now; answers when what is being copied has settled, or after a few seconds.
#[utoipa::path(post, path = "/api/admin/seeds/scan", tag = "pools", responses((status = 200, body = Scan), (status = 401), (status = 403)))]
pub async fn scan_seeds(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<Scan>> {
    principal.actor().require(Role::Admin)?;
    Ok(Json(pools.scan().await?))
}

/// Fills a pool in the background, by its generator or its mode. One generation at a time a pool (`busy`).
#[utoipa::path(post, path = "/api/admin/pools/{pool}/generate", tag = "pools", params(("pool" = String, Path)), request_body = GenerateSeeds, responses((status = 202, body = JobStarted), (status = 400), (status = 401), (status = 403), (status = 404), (status = 409)))]
pub async fn generate_seeds(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
    Path(pool): Path<String>,
    ApiJson(form): ApiJson<GenerateSeeds>,
) -> Result<(StatusCode, Json<JobStarted>)> {
    let actor = principal.actor();
    actor.require(Role::Admin)?;
    let job = pools.generate(&pool, form.count, &actor).await?;
    Ok((StatusCode::ACCEPTED, Json(JobStarted { job })))
}

/// The last generations, newest first.
#[utoipa::path(get, path = "/api/admin/pools/jobs", tag = "pools", responses((status = 200, body = JobList), (status = 401), (status = 403)))]
pub async fn list_seed_jobs(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<JobList>> {
    principal.actor().require(Role::Admin)?;
    Ok(Json(JobList { items: pools.progress(), next: None }))
}

/// Ends a generation; what it has made stays.
#[utoipa::path(delete, path = "/api/admin/pools/jobs/{id}", tag = "pools", params(("id" = String, Path)), responses((status = 204), (status = 401), (status = 403), (status = 404)))]
pub async fn cancel_seed_job(
    State(pools): State<Arc<Pools>>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<StatusCode> {
    principal.actor().require(Role::Admin)?;
    pools.cancel(&id)?;
    Ok(StatusCode::NO_CONTENT)
}
