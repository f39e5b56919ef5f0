mod examples;
mod sequences;
mod table;

use crate::model::{Change, Config, Entrance, Newcomer, Now, Race, StartAsked};

pub const T0: i64 = 1_770_000_000_000;

pub fn at(seconds: i64) -> Now {
    Now::at(T0 + seconds * 1000)
}

/// A draft without anybody.
pub fn draft(config: Config) -> Race {
    Race::draft("Sunday".into(), "o", "m", config, &at(0))
}

pub fn newcomer(name: &str) -> Newcomer {
    Newcomer { id: format!("p-{name}"), user_id: format!("u-{name}"), name: name.into() }
}

/// Ada and Ben in an open race.
pub fn opened(config: Config) -> Race {
    let mut race = draft(config);
    race.open(&at(0)).unwrap();
    for name in ["Ada", "Ben"] {
        race.join(newcomer(name), Entrance::Own, &at(0)).unwrap();
    }
    race
}

/// Both play since second 10.
pub fn running(config: Config) -> Race {
    let mut race = opened(config);
    for slot in [1, 2] {
        race.ready(slot, &at(0)).unwrap();
    }
    race.start(StartAsked::default(), &at(0)).unwrap();
    run_due(&mut race, &at(10));
    race
}

/// Lets everything happen that is due, at the moment it is.
pub fn run_due(race: &mut Race, until: &Now) -> Vec<Change> {
    let mut changes = Vec::new();
    while let Some(due) = race.first_due(until.ms) {
        let now = Now::at(due.at_ms().unwrap().max(T0));
        changes.push(race.due(&due.kind, due.slot, &now));
    }
    changes
}

pub fn told(change: &Change) -> Vec<(&'static str, Option<u32>)> {
    change.tell.iter().map(|t| (t.kind, t.slot)).collect()
}
