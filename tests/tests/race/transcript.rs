//! Recorded conversations of clients, one file a dialect: what they send, and what they rely on being told, in order.
//!
//! In a step, `expect` lists messages: each has at least these members, `"*"` stands for any value, `{"*": n}` for a list of at least n
//! things. Other messages may come in between only where their type is in `between`. In what is sent, `$flag0` is the first
//! flag of the player's seed, `$finish` the last.

use regie_tests::{Came, Socket, root};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn a_client_of_the_public_dialect_is_told_what_it_relies_on_in_its_order() {
    replay("public").await;
}

#[tokio::test]
async fn a_client_of_the_source_dialect_is_told_what_it_relies_on_in_its_order() {
    replay("source").await;
}

async fn replay(name: &str) {
    let path = root().join(format!("tests/tests/race/transcripts/{name}.json"));
    let recording: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let names: Vec<&str> =
        recording["players"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
    let stage = Stage::open(recording["config"].clone(), &names).await;
    let mut replay = Replay {
        between: words(&recording["between"]),
        games: names.iter().map(|_| None).collect(),
        seed: Value::Null,
        stage,
    };
    for (number, step) in recording["steps"].as_array().unwrap().iter().enumerate() {
        replay.step(&format!("{name}, step {number}: {step}"), step).await;
    }
}

struct Replay {
    stage: Stage,
    between: Vec<String>,
    games: Vec<Option<Socket>>,
    /// Of the last `auth_ok`.
    seed: Value,
}

impl Replay {
    async fn step(&mut self, at: &str, step: &Value) {
        let player = step["player"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        if let Some(what) = step["organizer"].as_str() {
            self.stage.organize(what).await;
        }
        if step["connect"] == true {
            self.games[player] = Some(Socket::open(&self.stage.regie.url, &self.stage.mod_path()).await);
        }
        if step["cut"] == true {
            self.games[player].take().expect("it is connected").cut();
        }
        for frame in step["send"].as_array().into_iter().flatten() {
            let frame = self.filled(frame, player);
            self.game(player).send(frame).await;
        }
        for wanted in step["expect"].as_array().into_iter().flatten() {
            self.expect(at, wanted, player).await;
        }
        if let Some(code) = step["closed"].as_u64() {
            assert_eq!(u64::from(self.game(player).closed().await.0), code, "{at}");
        }
    }

    async fn expect(&mut self, at: &str, wanted: &Value, player: usize) {
        loop {
            let message = match self.game(player).came().await {
                Came::Json(message) => message,
                closed @ Came::Closed(..) => panic!("{at}: {closed:?} instead of {wanted}"),
            };
            if message["type"] == "auth_ok" {
                self.seed = message["seed"].clone();
            }
            match differs(wanted, &message) {
                None => return,
                Some(_) if message["type"] != wanted["type"] && self.may_come_between(&message) => {}
                // A leaderboard may come more often than the recording needs it.
                Some(_) if self.may_come_between(&message) => {}
                Some(where_) => panic!("{at}\nwanted {wanted}\ncame {message}\ndiffers at {where_}"),
            }
        }
    }

    fn may_come_between(&self, message: &Value) -> bool {
        self.between.iter().any(|kind| message["type"] == kind.as_str())
    }

    fn game(&mut self, player: usize) -> &mut Socket {
        self.games[player].as_mut().expect("it is connected")
    }

    fn filled(&self, frame: &Value, player: usize) -> Value {
        let mut frame = frame.clone();
        for value in frame.as_object_mut().unwrap().values_mut() {
            let Some(word) = value.as_str().and_then(|word| word.strip_prefix('$')) else { continue };
            *value = match word {
                "token" => json!(self.stage.players[player].mod_token),
                "finish" => self.seed["finish_event"].clone(),
                flag => self.seed["event_ids"][flag.strip_prefix("flag").unwrap().parse::<usize>().unwrap()]
                    .clone(),
            };
        }
        frame
    }
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
}

/// Where `came` is not what was wanted; `None`: it is.
fn differs(wanted: &Value, came: &Value) -> Option<String> {
    match (wanted, came) {
        (Value::String(any), came) if any == "*" => came.is_null().then(|| "* is null".into()),
        (Value::Object(at_least), Value::Array(list)) if at_least.contains_key("*") => {
            (at_least["*"].as_u64() > Some(list.len() as u64)).then(|| format!("{} things", list.len()))
        }
        (Value::Object(wanted), Value::Object(came)) => wanted.iter().find_map(|(name, value)| {
            let member = came.get(name).map(|member| differs(value, member));
            member.unwrap_or_else(|| Some("is missing".into())).map(|why| format!("{name}: {why}"))
        }),
        (Value::Array(wanted), Value::Array(came)) if wanted.len() == came.len() => {
            wanted.iter().zip(came).find_map(|(wanted, came)| differs(wanted, came))
        }
        (wanted, came) => (wanted != came).then(|| format!("{came} instead of {wanted}")),
    }
}
