//! `/ws/race/{race_id}`: who looks on.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, MissedTickBehavior, interval_at, timeout_at},
};

use super::{
    Heard, Line, Lost, Sockets, Visitor,
    channel::{Joined, News, late},
    close,
    pace::{BEAT, Pace},
};
use crate::{
    Class,
    wire::{self, Frame, Refusal},
};

/// Who says nothing for so long is a visitor.
const AUTH: Duration = Duration::from_secs(2);

type Close = (u16, &'static str);

/// Holds the connection until it ends.
pub async fn spectate(sockets: Arc<Sockets>, race: String, visitor: Visitor, mut line: Line) {
    let looking = Looking { sockets: &sockets, race: &race, visitor, pace: Pace::new(Instant::now()) };
    if let Err(Some(close)) = looking.run(&mut line).await {
        line.close(close).await;
    }
}

struct Looking<'a> {
    sockets: &'a Arc<Sockets>,
    race: &'a str,
    visitor: Visitor,
    pace: Pace,
}

impl Looking<'_> {
    /// `Err(None)`: the other side is gone.
    async fn run(mut self, line: &mut Line) -> Result<(), Option<Close>> {
        self.sockets.races.race(self.race).map_err(|_| Some(close::NO_RACE))?;
        self.wait_for_auth(line).await?;
        let _counted = self.sockets.races.engine.watching(self.race);
        let mut class = self.class()?;
        let mut joined = self.join(line, class).await?;
        let mut rights = self.sockets.races.identity.changes();
        let mut beat = interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.sockets.shutdown.requested() => return Err(Some(close::LEAVING)),
                _ = beat.tick() => line.say(wire::ping()).await.map_err(|Lost| None)?,
                news = joined.news.recv() => match news {
                    Ok(News::Said(Some(text))) => line.say(text).await.map_err(|Lost| None)?,
                    Ok(News::Said(None)) => {}
                    Ok(News::Ended(why)) => return Err(Some(why)),
                    Err(RecvError::Lagged(_)) => {
                        let whole = joined.again(self.sockets.now_ms() - late(class));
                        line.say(whole.ok_or(Some(close::BEHIND))?).await.map_err(|Lost| None)?;
                    }
                    Err(RecvError::Closed) => return Err(Some(close::BEHIND)),
                },
                heard = line.hear() => self.heard(line, heard.ok_or(None)?).await?,
                _ = rights.changed() => {}
            }
            let now = self.class()?;
            if now != class {
                class = now;
                joined = self.join(line, class).await?;
            }
        }
    }

    /// Until `auth` or `no_auth` comes, or nothing in time.
    async fn wait_for_auth(&mut self, line: &mut Line) -> Result<(), Option<Close>> {
        let deadline = Instant::now() + AUTH;
        let mut is_waiting = true;
        while is_waiting {
            let Ok(heard) = timeout_at(deadline, line.hear()).await else { return Ok(()) };
            let heard = heard.ok_or(None)?;
            is_waiting = match &heard {
                Heard::Text(text) => {
                    !Frame::read(text).is_ok_and(|frame| frame.kind == "auth" || frame.kind == "no_auth")
                }
                Heard::Binary | Heard::TooLarge => true,
            };
            self.heard(line, heard).await?;
        }
        Ok(())
    }

    async fn heard(&mut self, line: &mut Line, heard: Heard) -> Result<(), Option<Close>> {
        let answer = match heard {
            Heard::TooLarge => return Err(Some(close::TOO_LARGE)),
            _ if !self.pace.allows(Instant::now()) => Some(wire::error(&Refusal::new(
                "rate_limited",
                "too many frames; this one was not looked at",
            ))),
            Heard::Binary => Some(wire::error(&Refusal::new("not_text", "frames are text, with JSON in it"))),
            Heard::Text(text) => match Frame::read(&text) {
                Ok(frame) => self.frame(line, &frame).await?,
                Err(refusal) => Some(wire::error(&refusal)),
            },
        };
        match answer {
            Some(answer) => line.say(answer).await.map_err(|Lost| None),
            None => Ok(()),
        }
    }

    async fn frame(&mut self, line: &mut Line, frame: &Frame) -> Result<Option<String>, Option<Close>> {
        Ok(match frame.kind.as_str() {
            "auth" => {
                let token = frame.text("token").unwrap_or_default();
                match self.sockets.races.identity.token_principal(token) {
                    Ok(principal) => self.visitor.credential = Arc::new(principal),
                    Err(error) => {
                        let _ = line.say(wire::auth_error(&error.message)).await;
                        return Err(Some(close::REFUSED));
                    }
                }
                None
            }
            "no_auth" | "pong" => None,
            "ping" => Some(wire::pong()),
            other => {
                let text = format!("`{other}` is not for spectators to say");
                Some(wire::error(&Refusal::new("unknown_type", text).of(frame)))
            }
        })
    }

    fn class(&self) -> Result<Class, Option<Close>> {
        let race = self.sockets.races.race(self.race).map_err(|_| Some(close::NO_RACE))?;
        Ok(self.visitor.class(self.sockets, &race))
    }

    async fn join(&self, line: &mut Line, class: Class) -> Result<Joined, Option<Close>> {
        let (joined, whole) = self.sockets.join(self.race, class).await.map_err(|_| Some(close::NO_RACE))?;
        line.say(whole).await.map_err(|Lost| None)?;
        Ok(joined)
    }
}
