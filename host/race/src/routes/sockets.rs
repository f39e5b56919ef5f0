//! From HTTP requests to the sockets of games and spectators. Who may open one the layer around all routes has checked: a
//! cookie needs the `Origin` of our own pages, games have neither.

use std::{error::Error as _, sync::Arc};

use axum::{
    Router,
    extract::{
        Path, State, WebSocketUpgrade,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
    },
    response::Response,
    routing::get,
};
use futures::{SinkExt, StreamExt, future::ready};
use regie_core::{ApiQuery, Error, Result};
use regie_identity::Principal;
use serde::Deserialize;

use crate::{
    DELAYS,
    sockets::{Heard, Line, Lost, Say, Sockets, Visitor, play, spectate},
};

/// Bytes of a frame that the transport takes. Larger than what is looked into: such a frame is refused, and the
/// connection stays.
const FRAME: usize = 2 << 20;

pub fn router(sockets: Arc<Sockets>) -> Router {
    Router::new()
        .route("/ws/mod/{race}", get(game))
        .route("/ws/race/{race}", get(spectator))
        .with_state(sockets)
}

async fn game(
    State(sockets): State<Arc<Sockets>>,
    Path(race): Path<String>,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    let permit = sockets.permit()?;
    Ok(bounded(upgrade).on_upgrade(async move |socket| {
        play(sockets, race, line(socket)).await;
        drop(permit);
    }))
}

/// What a spectator asks for. A locale is none of it: messages carry no words of the host's.
#[derive(Debug, Deserialize)]
struct Wish {
    /// By how much the spectator wants to be late, in seconds.
    #[serde(default)]
    delay: u32,
    /// An OBS key.
    #[serde(default)]
    key: Option<String>,
}

async fn spectator(
    State(sockets): State<Arc<Sockets>>,
    Path(race): Path<String>,
    ApiQuery(wish): ApiQuery<Wish>,
    principal: Principal,
    upgrade: WebSocketUpgrade,
) -> Result<Response> {
    if !DELAYS.contains(&wish.delay) {
        return Err(Error::bad_request(format!("nobody is {} seconds late", wish.delay))
            .path("delay")
            .hint("one of 0, 30, 60 and 120"));
    }
    let permit = sockets.permit()?;
    let visitor = Visitor { credential: Arc::new(principal), key: wish.key, delay: wish.delay };
    Ok(bounded(upgrade).on_upgrade(async move |socket| {
        spectate(sockets, race, visitor, line(socket)).await;
        drop(permit);
    }))
}

fn bounded(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    // Nothing is buffered before it is sent: what one spectator does not read waits in the room, shared by all.
    upgrade.max_message_size(FRAME).max_frame_size(FRAME).write_buffer_size(0)
}

fn line(socket: WebSocket) -> Line {
    let (said, heard) = socket.split();
    let heard = heard.filter_map(|message| {
        ready(match message {
            Ok(Message::Text(text)) => Some(Heard::Text(text.as_str().to_owned())),
            Ok(Message::Binary(_)) => Some(Heard::Binary),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_)) => None,
            Err(error) if is_too_large(&error) => Some(Heard::TooLarge),
            Err(_) => None,
        })
    });
    let said = said.sink_map_err(|_| Lost).with(|say| {
        ready(match say {
            Say::Text(bytes) => Utf8Bytes::try_from(bytes).map(Message::Text).map_err(|_| Lost),
            Say::Close(code, reason) => {
                Ok(Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) })))
            }
        })
    });
    Line::new(heard, said)
}

/// The library that speaks the protocol says so in words only.
fn is_too_large(error: &axum::Error) -> bool {
    error.source().is_some_and(|source| source.to_string().contains("too long"))
}
