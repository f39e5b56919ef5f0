//! `GET /live`: the one link of a page.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use regie_identity::{Principal, routes::ClientIp};

use crate::rooms::Rooms;

pub async fn open(
    State(rooms): State<Arc<Rooms>>,
    Extension(principal): Extension<Principal>,
    ClientIp(address): ClientIp,
    request: Request,
) -> Response {
    regie_live::websocket(rooms.hub.clone(), request, Arc::new(principal), address)
}
