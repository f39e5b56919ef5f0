//! `/ws/mod/{race_id}`: one player's game.

use std::{sync::Arc, time::Duration};

use futures::StreamExt;
use serde_json::value::to_raw_value;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout_at};

use super::{
    Heard, Line, Lost, Sockets, close,
    pace::{BEAT, Pace, Pulse},
    seats::Seat,
};
use crate::{
    Class, Event, Follow, Shown, Who, engine,
    model::Participant,
    wire::{self, Frame, Game, Refusal},
};

/// For the first frame, which says who it is.
const AUTH: Duration = Duration::from_secs(5);

type Close = (u16, &'static str);

/// Holds the connection until it ends.
pub async fn play(sockets: Arc<Sockets>, race: String, mut line: Line) {
    let ended = match sign_in(&sockets, &race, &mut line).await {
        Ok(player) => run(&sockets, &race, &player, &mut line).await,
        Err(close) => Err(close),
    };
    if let Err(Some(close)) = ended {
        line.close(close).await;
    }
}

/// `Err(None)`: the other side is gone.
async fn sign_in(sockets: &Sockets, race: &str, line: &mut Line) -> Result<Participant, Option<Close>> {
    let (deadline, mut pace) = (Instant::now() + AUTH, Pace::new(Instant::now()));
    loop {
        let document = sockets.races.race(race).map_err(|_| Some(close::NO_RACE))?;
        let heard = timeout_at(deadline, line.hear()).await.map_err(|_| Some(close::NO_AUTH))?.ok_or(None)?;
        let token = match read(heard, &mut pace)? {
            Ok(frame) if frame.kind == "auth" => frame.text("mod_token").unwrap_or_default().to_owned(),
            other => {
                let early = |frame: Frame| Refusal::new("auth_first", "the first frame is `auth`").of(&frame);
                line.say(wire::error(&other.map_or_else(|refusal| refusal, early)))
                    .await
                    .map_err(|Lost| None)?;
                continue;
            }
        };
        match sockets.races.participant_of_token(&document, &token) {
            Ok(slot) => return document.in_slot(slot).cloned().ok_or(Some(close::REFUSED)),
            Err(error) => {
                let _ = line.say(wire::auth_error(&error.message)).await;
                return Err(Some(close::REFUSED));
            }
        }
    }
}

async fn run(
    sockets: &Arc<Sockets>,
    race: &str,
    player: &Participant,
    line: &mut Line,
) -> Result<(), Option<Close>> {
    let seated = Seated::take(sockets, race, player.slot);
    let class = Class::now(Who::Participant(player.slot));
    let follow = sockets.races.follow(race, class).await.map_err(|_| Some(close::NO_RACE))?;
    let Follow { now, mut events } = follow;
    let (game, messages) = Game::open(&now, player, sockets.now_ms());
    let mut play = Play { sockets, race, player, class, game, pace: Pace::new(Instant::now()) };
    line.say_all(messages).await.map_err(|Lost| None)?;
    let mut pulse = Pulse::default();
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let messages = tokio::select! {
            biased;
            () = seated.seat.evicted.cancelled() => return Err(Some(close::REPLACED)),
            () = sockets.shutdown.requested() => return Err(Some(close::LEAVING)),
            _ = beat.tick() => match pulse.beats() {
                true => vec![wire::ping()],
                false => return Err(Some(close::SILENT)),
            },
            event = events.next() => play.told(event.ok_or(Some(close::BEHIND))?).await?,
            heard = line.hear() => {
                pulse.heard();
                play.heard(heard.ok_or(None)?).await?
            }
        };
        // A reader that takes nothing must not keep its successor waiting either.
        tokio::select! {
            said = line.say_all(messages) => said.map_err(|Lost| None)?,
            () = seated.seat.evicted.cancelled() => return Err(Some(close::REPLACED)),
        }
    }
}

/// One game that is signed in.
struct Play<'a> {
    sockets: &'a Arc<Sockets>,
    race: &'a str,
    player: &'a Participant,
    class: Class,
    game: Game,
    pace: Pace,
}

impl Play<'_> {
    /// What the room says.
    async fn told(&mut self, event: Event) -> Result<Vec<String>, Option<Close>> {
        let now = self.sockets.now_ms();
        Ok(match event {
            Event::Shown(shown) => return self.picture(&shown),
            // Told at once, and in its order: the picture that follows may be a little later.
            Event::Status => match self.sockets.races.shown(self.race, self.class).await {
                Ok(shown) => return self.picture(&shown),
                Err(_) => Vec::new(),
            },
            Event::Clock { slot, igt_ms, death_count } => {
                self.game.clock(slot, igt_ms, death_count).into_iter().collect()
            }
            Event::Start { slot, countdown_seconds, .. } => {
                self.game.start(slot, countdown_seconds, now).into_iter().collect()
            }
            Event::Notify { slot, message } => self.game.notify(slot, &message).into_iter().collect(),
            Event::Announce { text } => vec![wire::announcement(&text)],
            Event::Spectators { .. } => Vec::new(),
            Event::Reset => return Err(Some(close::RESET)),
            Event::Gone => return Err(Some(close::NO_RACE)),
        })
    }

    fn picture(&mut self, shown: &Shown) -> Result<Vec<String>, Option<Close>> {
        if !self.game.is_admitted(&shown.race, self.player.token_generation) {
            return Err(Some(close::REFUSED));
        }
        Ok(self.game.picture(shown, self.sockets.now_ms()))
    }

    /// What the game says. Nothing of it ends the connection but what the transport itself cannot take.
    async fn heard(&mut self, heard: Heard) -> Result<Vec<String>, Option<Close>> {
        let frame = match read(heard, &mut self.pace)? {
            Ok(frame) => frame,
            Err(refusal) => return Ok(vec![wire::error(&refusal)]),
        };
        let taken = match frame.kind.as_str() {
            "ping" => return Ok(vec![wire::pong()]),
            "pong" => return Ok(Vec::new()),
            "auth" => {
                let refusal =
                    Refusal::new("already_authenticated", "this connection is signed in").of(&frame);
                return Ok(vec![wire::error(&refusal)]);
            }
            "ready" => self.sockets.ready(self.race, self.player).await,
            "abandon" => self.sockets.abandon(self.race, self.player).await,
            _ => self.mode(&frame).await,
        };
        Ok(match taken {
            Ok(()) => wire::ack(&frame).into_iter().collect(),
            Err(error) => vec![wire::error(&wire::refused(&frame, &error))],
        })
    }

    async fn mode(&self, frame: &Frame) -> regie_core::Result<()> {
        let body = to_raw_value(&frame.body).map_err(regie_core::Error::internal)?;
        let frame = engine::Frame { kind: frame.kind.clone(), message_id: frame.id_text(), body };
        self.sockets.races.mod_frame(self.race, self.player.slot, frame).await.map(|_| ())
    }
}

/// A frame, or what to say instead of it; `Err` ends the connection.
fn read(heard: Heard, pace: &mut Pace) -> Result<Result<Frame, Refusal>, Option<Close>> {
    if !pace.allows(Instant::now()) {
        return Ok(Err(Refusal::new("rate_limited", "too many frames; this one was not looked at")));
    }
    match heard {
        Heard::Text(text) => Ok(Frame::read(&text)),
        Heard::Binary => Ok(Err(Refusal::new("not_text", "frames are text, with JSON in it"))),
        Heard::TooLarge => Err(Some(close::TOO_LARGE)),
    }
}

/// A player whose game is connected, for all to see, as long as this lives.
struct Seated<'a> {
    sockets: &'a Sockets,
    race: &'a str,
    slot: u32,
    seat: Seat,
}

impl<'a> Seated<'a> {
    fn take(sockets: &'a Sockets, race: &'a str, slot: u32) -> Self {
        let seat = sockets.seats.take(race, slot, || sockets.races.set_connected(race, slot, true));
        Self { sockets, race, slot, seat }
    }
}

impl Drop for Seated<'_> {
    fn drop(&mut self) {
        let Self { sockets, race, slot, seat } = self;
        sockets.seats.leave(seat, || sockets.races.set_connected(race, *slot, false));
    }
}
