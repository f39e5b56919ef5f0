//! At start: what a stop between two steps left half done is finished or undone.

use regie_core::Result;

use super::{
    Pools,
    model::{Seed, SeedStatus},
};

/// What is to be done with a seed that a race holds.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Confirm,
    Free,
}

impl Pools {
    /// `races` answers the seed that a race names, `None` where there is no such race. Call it once, before anything takes
    /// seeds.
    pub async fn sweep(&self, races: impl Fn(&str) -> Option<String>) -> Result<()> {
        let _turn = self.turn.lock().await;
        for seed in self.records.all() {
            if let Some(race) = &seed.reserved_by {
                let due = due(&seed, races(race).as_deref());
                if due != Due::Nothing {
                    tracing::info!(
                        pool = seed.pool,
                        seed = seed.number,
                        race,
                        ?due,
                        "finishing what a stop left half done"
                    );
                }
                match due {
                    Due::Nothing => {}
                    Due::Confirm => self.settle_as(&seed, SeedStatus::Consumed).await?,
                    Due::Free => {
                        self.free_now(&seed).await?;
                        continue;
                    }
                }
            }
            let seed = self.records.get(&seed.id)?;
            self.follow(&seed).await?;
            if seed.leaving {
                // Its race is still there: it was not deleted after all.
                let stay = |seed: &Seed| seed.leaving.then(|| Seed { leaving: false, ..seed.clone() });
                self.records.change(&seed.id, stay).await?;
            }
        }
        Ok(())
    }
}

/// `named`: the seed that the race names.
fn due(seed: &Seed, named: Option<&str>) -> Due {
    match (named, seed.status) {
        (Some(id), SeedStatus::Available) if id == seed.id => Due::Confirm,
        (Some(id), _) if id == seed.id => Due::Nothing,
        // The race took another one.
        (Some(_), SeedStatus::Available | SeedStatus::Consumed) => Due::Free,
        // The race was never written, or is gone and never started.
        (None, SeedStatus::Available) => Due::Free,
        (None, SeedStatus::Consumed) if seed.leaving => Due::Free,
        // It was played, though the race is gone.
        _ => Due::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pools::model::{Place, SCHEMA};

    #[test]
    fn whatever_step_a_stop_fell_upon_the_seed_ends_where_its_race_says() {
        let seed = |status: SeedStatus, leaving| Seed {
            schema: SCHEMA,
            id: "s".into(),
            pool: "p".into(),
            number: 1,
            status,
            folder: "seed_1".into(),
            place: Place::Available,
            digest: String::new(),
            mode: "m".into(),
            reserved_by: Some("r".into()),
            leaving,
            mark: String::new(),
        };
        use SeedStatus::{Available, Consumed, Discarded};
        for (status, leaving, named, expected) in [
            (Available, false, None, Due::Free),
            (Available, false, Some("s"), Due::Confirm),
            (Available, false, Some("other"), Due::Free),
            (Consumed, false, Some("s"), Due::Nothing),
            (Consumed, true, Some("s"), Due::Nothing),
            (Consumed, false, Some("other"), Due::Free),
            (Consumed, true, None, Due::Free),
            (Consumed, false, None, Due::Nothing),
            (Discarded, false, None, Due::Nothing),
            (Discarded, false, Some("other"), Due::Nothing),
        ] {
            assert_eq!(due(&seed(status, leaving), named), expected, "{status:?} {leaving} {named:?}");
        }
    }
}
