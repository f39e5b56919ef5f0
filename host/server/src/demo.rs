//! `regie demo`: a server with something on it, on a temporary copy of an instance.

mod lobby;
mod race;

use std::{collections::BTreeMap, path::Path};

use regie_core::{Actor, Error, Result, Role, new_id};
use regie_live::Act;
use regie_restream::{NewRestream, Restreams};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio_util::sync::CancellationToken;

use crate::{
    Failure,
    cli::Demo,
    instance::Instance,
    serve::{ReadyFile, Server, stop_signal},
};

pub async fn run(args: Demo) -> std::result::Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("regie-demo-{}", std::process::id()));
    copy(&args.instance, &folder)?;
    for plugins in &args.plugins {
        for entry in std::fs::read_dir(plugins)? {
            let entry = entry?;
            // Beside the folders lie their zips.
            if entry.path().join("plugin.toml").exists() {
                copy(&entry.path(), &folder.join("plugins").join(entry.file_name()))?;
            }
        }
    }
    let instance = Instance::at(&folder);
    let mut flags = vec![("server.listen", args.listen)];
    if std::env::var_os("REGIE_LOBBY_LISTEN").is_none() {
        // A demo does not take the place of a broker that is at home here.
        flags.push(("lobby.listen", "127.0.0.1:0".into()));
    }
    let settings = instance.settings(&flags)?;
    let server = Server::start(&instance, settings).await?;
    let made = seed(&folder.join("demo.json"), &server.rooms.restreams).await;
    let url = &server.url;
    println!("\nRégie, demo on {}\n", folder.display());
    println!("  restreams     {url}/");
    for slug in made.iter().flatten() {
        println!("  live page     {url}/{slug}/live");
        println!("  overlay       {url}/{slug}/overlay?panel=all");
    }
    let stop = CancellationToken::new();
    let races = async {
        let plan = race::Plan::read(&folder.join("demo-race.json"))?;
        race::Races::open(plan, server.rooms.clone(), url).await
    };
    let racing = match races.await {
        Ok((races, first)) => {
            println!("  race          {url}/race/{first}");
            println!("  races         {url}/races");
            Some(tokio::spawn(races.run(first, stop.clone())))
        }
        Err(error) => {
            println!("  The demo's race could not be made: {error}");
            None
        }
    };
    let lobbies = server.rooms.lobby.address().map(|address| {
        println!("  lobby         {url}/lobby");
        println!("  broker        {address}");
        let plan = lobby::Plan::read(&folder.join("demo-lobby.json"));
        plan.map(|plan| tokio::spawn(plan.run(address, stop.clone())))
    });
    let gathering = lobbies.transpose().unwrap_or_else(|error| {
        println!("  The demo's sessions could not be made: {error}");
        None
    });
    println!("  control room  {url}/app/");
    if let Some(token) = server.rooms.identity.first_admin_token().await? {
        println!("  make yourself administrator, once: {url}/app/welcome?token={token}");
    }
    println!("\nCtrl C ends it.");
    if let Err(error) = made {
        println!("The demo's restreams could not all be made: {error}");
    }
    let _ready = args.ready_file.map(|path| ReadyFile::write(&path, &server)).transpose()?;
    stop_signal().await;
    stop.cancel();
    for part in [racing, gathering].into_iter().flatten() {
        part.await.map_err(Error::internal)?;
    }
    server.stop().await;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// What `demo.json` of an instance holds: restreams, and what was done on their panels and hint sheets (`indices`).
#[derive(Deserialize)]
struct Show {
    #[serde(flatten)]
    restream: NewRestream,
    #[serde(default)]
    actions: BTreeMap<String, Vec<Box<RawValue>>>,
}

/// Makes the restreams of `demo.json`; answers their slugs.
async fn seed(file: &Path, restreams: &Restreams) -> Result<Vec<String>> {
    let text = std::fs::read(file)?;
    let shows: Vec<Show> =
        serde_json::from_slice(&text).map_err(|e| Error::bad_request(format!("{}: {e}", file.display())))?;
    let host = Actor { id: "demo".into(), name: "Demo".into(), role: Role::Admin };
    let mut slugs = Vec::new();
    for show in shows {
        let restream = restreams.create(show.restream, &host).await?;
        for (panel, actions) in show.actions {
            let on = restreams.on(&restream, Some(&panel))?;
            for action in actions {
                let act = Act { key: new_id(), base_version: None, action };
                on.sessions.act(&on.key, host.clone(), act).await.map_err(|refused| refused.error)?;
            }
        }
        slugs.push(restream.slug.clone());
    }
    Ok(slugs)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
