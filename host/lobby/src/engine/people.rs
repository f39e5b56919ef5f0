//! People as the model knows them, what they may ask for, and how they are refused.

use regie_core::{Actor, Error, Result};
use sha2::{Digest, Sha256};

use crate::{
    Lobby, New,
    model::{Person, Refused},
};

/// The longest name of a model, and the most players that can be asked for.
const NAME: usize = 100;
const PLAYERS: u32 = 1_000;

pub fn instance(by: &Actor) -> String {
    Lobby::instance_of(&by.id)
}

pub fn person(by: &Actor) -> Person {
    Person { client_id: instance(by), user_id: by.id.clone(), name: by.name.clone() }
}

pub fn check(new: &New) -> Result<String> {
    let name = new.model_name.trim();
    if !(1..=NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Error::bad_request("the model has no name that fits")
            .path("model_name")
            .hint("1 to 100 characters, such as Tide pools"));
    }
    if new.num_players_max > PLAYERS {
        return Err(Error::bad_request("so many players do not fit into a session")
            .path("num_players_max")
            .hint("at most 1000; 0: no limit"));
    }
    if new.num_players_min > PLAYERS || new.num_players_max > 0 && new.num_players_min > new.num_players_max {
        return Err(Error::bad_request("fewer players may take part than must")
            .path("num_players_min")
            .hint("at most num_players_max"));
    }
    Ok(name.to_owned())
}

/// The same person's same key always means the same session.
pub fn id_of_key(user: &str, key: &str) -> String {
    let hex = hex::encode(Sha256::digest(format!("{user}\n{key}")));
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32])
}

pub fn in_another(other: &str) -> Error {
    Error::conflict("you are in another session")
        .code("in_another_session")
        .path(other)
        .hint("leave it first")
}

pub fn refused(why: Refused) -> Error {
    match why {
        Refused::Full => Error::conflict("the session is full").code("full"),
        Refused::NotOpen => Error::conflict("the session has started").code("not_open"),
        Refused::Closed => Error::conflict("the session is closed").code("not_open"),
        Refused::TooFew => Error::conflict("there are fewer players than the session needs").code("too_few"),
        Refused::NotCreator => Error::forbidden("only the session's creator, or an admin, does this"),
    }
}
