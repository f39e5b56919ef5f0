//! The protocol as a reducer: what the room said in, what to answer and what is now known out. No I/O, no time.

use std::{collections::BTreeMap, fmt};

use crate::{
    config::Config,
    fault::{Fault, brief},
    ledger::{Ledger, Step},
    names::{COMMON, Cache, Packages, by_name},
    packet::{
        Command, Connect, Connected, DataPackage, Packet, Received, Refusal, RoomInfo, Version, VersionOut,
    },
};

/// One connection, from the room's greeting on.
pub(crate) struct Dialogue<'a> {
    config: &'a Config,
    /// Names this client to the room, the same on every connection.
    uuid: &'a str,
    cache: &'a mut Cache,
    room: RoomInfo,
    phase: Phase,
    ledger: Ledger,
    /// The room was asked for the whole list.
    syncing: bool,
    /// The ledger holds what was not yet told.
    news: bool,
}

enum Phase {
    Greeting,
    Answer,
    Names { games: Vec<String> },
    Following { packages: Packages },
}

/// What the room owes us; it is given a limited time for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaits {
    Greeting,
    Answer,
    Names,
    Items,
    Nothing,
}

impl fmt::Display for Awaits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "greet (is this an Archipelago room?)",
            Self::Answer => "say whether the slot may be followed",
            Self::Names => "name its items",
            Self::Items => "send the list of items again",
            Self::Nothing => "do anything",
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Reaction {
    pub send: Vec<Command>,
    /// All that the slot has received, by name, when it changed.
    pub counts: Option<BTreeMap<String, u32>>,
}

/// Items of others, of its own world and those it started with: all there is (`items_handling`).
const ALL_ITEMS: u8 = 0b111;
/// `Tracker`: looks without playing, and may leave the game open. `NoText`: spares us the chat.
const TAGS: &[&str] = &["Tracker", "NoText"];
/// For a room that does not say what it speaks.
const VERSION: Version = Version { major: 0, minor: 6, build: 0 };

impl<'a> Dialogue<'a> {
    pub fn new(config: &'a Config, uuid: &'a str, cache: &'a mut Cache) -> Self {
        Self {
            config,
            uuid,
            cache,
            room: RoomInfo::default(),
            phase: Phase::Greeting,
            ledger: Ledger::default(),
            syncing: false,
            news: false,
        }
    }

    /// All packets of one frame: what the room says in one breath is told in one.
    pub fn frame(&mut self, packets: Vec<Packet>) -> Result<Reaction, Fault> {
        let mut reaction = Reaction::default();
        for packet in packets {
            reaction.send.extend(self.packet(packet)?);
        }
        if let Phase::Following { packages } = &self.phase
            && self.news
        {
            self.news = false;
            reaction.counts = Some(by_name(self.ledger.counts(), packages));
        }
        Ok(reaction)
    }

    pub fn awaits(&self) -> Awaits {
        match self.phase {
            Phase::Greeting => Awaits::Greeting,
            Phase::Answer => Awaits::Answer,
            Phase::Names { .. } => Awaits::Names,
            Phase::Following { .. } if self.syncing => Awaits::Items,
            Phase::Following { .. } => Awaits::Nothing,
        }
    }

    /// The room has taken the slot.
    pub fn is_connected(&self) -> bool {
        !matches!(self.phase, Phase::Greeting | Phase::Answer)
    }

    pub fn items(&self) -> u64 {
        self.ledger.total()
    }

    /// What comes out of turn is passed over; if it was needed, the room runs out of time.
    fn packet(&mut self, packet: Packet) -> Result<Option<Command>, Fault> {
        match (packet, &self.phase) {
            (Packet::RoomInfo(room), Phase::Greeting) => Ok(Some(self.greeted(room))),
            (Packet::Connected(connected), Phase::Answer) => self.connected(&connected),
            (Packet::ConnectionRefused(refusal), Phase::Answer) => {
                Err(Fault::Refused(self.refusal(&refusal)))
            }
            (Packet::InvalidPacket(invalid), Phase::Answer) => Err(Fault::Refused(format!(
                "the room does not understand this client: {}",
                brief(&invalid.text)
            ))),
            (Packet::InvalidPacket(invalid), _) => {
                tracing::warn!(text = brief(&invalid.text), "the room did not understand a packet");
                Ok(None)
            }
            (Packet::DataPackage(package), Phase::Names { .. }) => {
                self.named(&package.data)?;
                Ok(None)
            }
            (
                Packet::ReceivedItems(Received { index, items }),
                Phase::Names { .. } | Phase::Following { .. },
            ) => self.received(index, items.iter().map(|item| item.item)),
            _ => Ok(None),
        }
    }

    fn greeted(&mut self, room: RoomInfo) -> Command {
        self.cache.enter(&room);
        self.room = room;
        self.phase = Phase::Answer;
        Command::Connect(Connect {
            password: self.config.password.clone(),
            game: self.config.game.clone().unwrap_or_default(),
            name: self.config.name.clone(),
            uuid: self.uuid.to_owned(),
            // What a tracker uses of the protocol is in every version that rooms still accept, and some rooms accept no
            // version but their own.
            version: VersionOut { version: self.room.version.unwrap_or(VERSION), class: "Version" },
            items_handling: ALL_ITEMS,
            tags: TAGS,
            slot_data: false,
        })
    }

    /// Only now is it known which game the slot plays, so only now are names asked for: those of one game, not of all.
    fn connected(&mut self, connected: &Connected) -> Result<Option<Command>, Fault> {
        let slot = connected
            .slot_info
            .get(&connected.slot.to_string())
            .ok_or_else(|| Fault::Malformed(format!("slot {} is not among the slots", connected.slot)))?;
        let mut games = vec![slot.game.clone()];
        if slot.game != COMMON {
            games.push(COMMON.to_owned());
        }
        // A room with nothing to deliver delivers nothing, which is news when an earlier connection told of items.
        self.news = true;
        let known: Option<Packages> = games.iter().map(|game| self.cache.get(game, &self.room)).collect();
        if let Some(packages) = known {
            self.phase = Phase::Following { packages };
            return Ok(None);
        }
        self.phase = Phase::Names { games: games.clone() };
        Ok(Some(Command::GetDataPackage { games }))
    }

    fn named(&mut self, data: &DataPackage) -> Result<(), Fault> {
        let Phase::Names { games } = &self.phase else { return Ok(()) };
        if let Some(game) = games.first()
            && !data.games.contains_key(game)
        {
            tracing::warn!(game = brief(game), "the room has no names for the items of the slot's game");
        }
        self.phase = Phase::Following { packages: self.cache.take(games, &self.room, data)? };
        Ok(())
    }

    fn received(
        &mut self,
        index: u64,
        items: impl ExactSizeIterator<Item = i64>,
    ) -> Result<Option<Command>, Fault> {
        match self.ledger.receive(index, items)? {
            Step::Counted => {
                self.news = true;
                self.syncing &= index != 0;
                Ok(None)
            }
            Step::Gap if self.syncing => Ok(None),
            Step::Gap => {
                self.syncing = true;
                Ok(Some(Command::Sync))
            }
        }
    }

    /// The first of the room's reasons that a person can do something about, said so that they can.
    fn refusal(&self, refusal: &Refusal) -> String {
        let name = brief(&self.config.name);
        let reason = |known: &str| refusal.errors.iter().any(|error| error == known);
        if reason("InvalidSlot") {
            return format!(
                "the room has no slot `{name}`; write the slot's name as the room's page shows it"
            );
        }
        if reason("InvalidPassword") {
            return match self.config.password {
                Some(_) => "the room has another password".into(),
                None => "the room asks for its password; add it".into(),
            };
        }
        if reason("InvalidGame") {
            let game = brief(self.config.game.as_deref().unwrap_or_default());
            return format!(
                "slot `{name}` does not play `{game}`; leave the game empty, or name the right one"
            );
        }
        if reason("IncompatibleVersion") {
            let Version { major, minor, build } = self.room.version.unwrap_or(VERSION);
            return format!("the room does not accept clients of version {major}.{minor}.{build}, its own");
        }
        let reasons = refusal.errors.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
        match reasons.as_str() {
            "" => "the room refused the slot without a reason".into(),
            reasons => format!("the room refused the slot: {}", brief(reasons)),
        }
    }
}

#[cfg(test)]
#[path = "dialogue_tests.rs"]
mod tests;
