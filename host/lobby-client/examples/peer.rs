//! A peer without a game: makes a session, lists what there is, or joins, and prints what happens until the session is over.
//!
//! `cargo run -p regie-lobby-client --example peer -- --url mqtt://127.0.0.1:1883 create "Tide pools" 2 4`, or `list`, or `join <id>`.
//! `--id <client id>` names the peer. A line on the standard input orders: `start`, `close`, `leave`.

use std::process::ExitCode;

use regie_lobby_client::{ActError, Event, Lobby, Membership, New, Options};
use tokio::sync::{broadcast::error::RecvError, mpsc};

type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "peer [--url mqtt://127.0.0.1:1883] [--id <client id>] create <model> <min> <max> | join <session> | list";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let mut url = "mqtt://127.0.0.1:1883".to_owned();
    let mut id = format!("peer-{}", std::process::id());
    let mut words = Vec::new();
    let mut given = std::env::args().skip(1);
    while let Some(word) = given.next() {
        match word.as_str() {
            "--url" => url = given.next().ok_or(USAGE)?,
            "--id" => id = given.next().ok_or(USAGE)?,
            _ => words.push(word),
        }
    }
    let lobby = Lobby::connect(Options::new(url, id)).await?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["create", model, min, max] => {
            follow(lobby.create(New::named(model, min.parse()?, max.parse()?)).await?).await
        }
        ["join", session] => follow(lobby.join(session).await?).await,
        ["list"] => list(&lobby).await,
        _ => Err(USAGE.into()),
    }
}

/// The list, each time that it changes.
async fn list(lobby: &Lobby) -> Result<(), Failure> {
    let mut changes = lobby.watch();
    loop {
        changes.changed().await?;
        for one in changes.borrow_and_update().iter() {
            let (members, max) = (one.members.len(), one.num_players_max);
            let state = format!("{:?}", one.state).to_lowercase();
            println!("{}  {}  {members}/{max}  {state}", one.session_id, one.model_name);
        }
        println!("--");
    }
}

async fn follow(membership: Membership) -> Result<(), Failure> {
    let mut events = membership.events();
    println!("session {}", membership.session_id());
    println!("members {}", membership.state().borrow().connected_instances.join(" "));
    let mut orders = lines();
    let mut ordered = true;
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(Event::Joined(who)) => println!("joined {who}"),
                Ok(Event::Left(who)) => println!("left {who}"),
                Ok(Event::Started) => println!("started"),
                Ok(Event::HandedOver(who)) => println!("creator {who}"),
                Ok(Event::Closed) => println!("closed"),
                Ok(Event::Evicted(why)) => println!("evicted: {why}"),
                Err(RecvError::Lagged(missed)) => println!("missed {missed} events"),
                Err(RecvError::Closed) => break,
            },
            line = orders.recv(), if ordered => match line.as_deref().map(str::trim) {
                Some("start") => said(membership.start().await),
                Some("close") => said(membership.close().await),
                Some("leave") => {
                    said(membership.leave().await);
                    break;
                }
                Some(other) => eprintln!("{other:?} is none of start, close, leave"),
                // Somebody may have no input at all.
                None => ordered = false,
            },
        }
    }
    membership.ended().await;
    Ok(())
}

fn said(answer: Result<(), ActError>) {
    if let Err(error) = answer {
        eprintln!("{error}");
    }
}

/// Of the standard input, on a thread of its own, which ends with the program.
fn lines() -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}
