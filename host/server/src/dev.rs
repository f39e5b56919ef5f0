//! `regie plugin dev`: builds on every save and puts what was built on the air, on a temporary server, in an instance whose
//! server runs, or through the API of one that is elsewhere.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use regie_core::{Actor, Error, Result, Role};
use regie_plugins::author::build::{Builder, Built, Options};
use regie_plugins::author::watch::Watch;
use regie_plugins::{Kind, Manifest};
use regie_restream::NewRestream;
use serde_json::json;

use crate::{
    Failure,
    cli::Dev,
    instance::Instance,
    serve::{ReadyFile, Server, stop_signal},
};

/// How long a server may take to say what became of a package: it compiles it, which takes seconds for JavaScript.
const VERDICT: Duration = Duration::from_secs(60);

pub async fn run(args: Dev) -> std::result::Result<(), Failure> {
    let manifest = manifest(&args.dir)?;
    let mut watch = Watch::start(&args.dir)?;
    let work = tempfile::Builder::new().prefix("regie-dev-").tempdir()?;
    let mut builder = Some(Builder::new(&args.dir, Options { quick: true, ..Options::default() }));
    let mut target = Target::of(&args, work.path())?;
    let mut server = None;
    round(&mut builder, &target).await;
    if let Target::Temporary { root, .. } = &target {
        let started = temporary(root, &args, &manifest).await?;
        if let Target::Temporary { plugins, .. } = &mut target {
            *plugins = Some(started.rooms.plugins.clone());
        }
        server = Some(started);
    }
    let _ready = match (&args.ready_file, &server) {
        (Some(path), Some(server)) => Some(ReadyFile::write(path, server)?),
        _ => None,
    };
    println!("watching {}; Ctrl C ends it", args.dir.display());
    loop {
        tokio::select! {
            saved = watch.saved() => {
                let Some(saved) = saved else { break };
                println!("\n{} was saved", saved.strip_prefix(args.dir.canonicalize()?).unwrap_or(&saved).display());
                round(&mut builder, &target).await;
            }
            () = stop_signal() => break,
        }
    }
    if let Some(server) = server {
        server.stop().await;
    }
    Ok(())
}

fn manifest(dir: &Path) -> Result<Manifest> {
    let path = dir.join("plugin.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Error::bad_request(format!("{} cannot be read: {error}", path.display()))
            .hint("`regie plugin new NAME` writes a plugin to start from")
    })?;
    Manifest::parse(&text).map_err(|fault| Error::bad_request(fault.to_string()))
}

/// Where packages go.
enum Target {
    Temporary { root: PathBuf, plugins: Option<std::sync::Arc<regie_plugins::Plugins>> },
    Folder(PathBuf),
    Api { url: String, token: String, out: PathBuf },
}

impl Target {
    fn of(args: &Dev, work: &Path) -> Result<Self> {
        if let Some(url) = &args.url {
            if !url.starts_with("http://") {
                return Err(Error::bad_request(format!("`{url}` is no http:// address")).path("url").hint(
                    "give the address on which the server itself listens (a tunnel brings it near), or use --instance",
                ));
            }
            let token = args.token.clone().unwrap_or_default();
            return Ok(Self::Api { url: url.trim_end_matches('/').to_owned(), token, out: work.to_owned() });
        }
        let Some(instance) = &args.instance else {
            return Ok(Self::Temporary { root: work.join("instance"), plugins: None });
        };
        let plugins = Instance::at(instance).plugins();
        if !plugins.is_dir() {
            return Err(Error::not_found(format!("{} is not there", plugins.display()))
                .hint("--instance names the folder of an instance whose server has run once"));
        }
        Ok(Self::Folder(plugins))
    }

    fn folder(&self) -> PathBuf {
        match self {
            Self::Temporary { root, .. } => Instance::at(root).plugins(),
            Self::Folder(plugins) => plugins.clone(),
            Self::Api { out, .. } => out.clone(),
        }
    }
}

/// One build and what becomes of it. What is wrong is said, and the version before stays.
async fn round(builder: &mut Option<Builder>, target: &Target) {
    let began = Instant::now();
    let Some(mut building) = builder.take() else { return };
    let (folder, zipped) = (target.folder(), matches!(target, Target::Api { .. }));
    let built = tokio::task::spawn_blocking(move || {
        let built = if zipped { building.build(Some(&folder)) } else { building.build_folder(&folder) };
        (building, built)
    })
    .await;
    let Ok((building, built)) = built else { return };
    *builder = Some(building);
    let outcome = match built {
        Ok(built) => {
            println!("built in {}", seconds(began));
            publish(&built, target).await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(said) => println!("{said} after {}", seconds(began)),
        Err(error) => println!("not on the air, the version before stays:\n{error}"),
    }
}

fn seconds(since: Instant) -> String {
    format!("{:.1} s", since.elapsed().as_secs_f32())
}

async fn publish(built: &Built, target: &Target) -> Result<String> {
    match target {
        Target::Temporary { plugins: Some(plugins), .. } => {
            let mut changes = plugins.changes();
            plugins.rescan().await;
            let verdict = async {
                loop {
                    if let Some(status) = plugins.status(&built.id) {
                        if let Some(error) = status.error {
                            return Err(Error::bad_request(error));
                        }
                        if status.generation > 0 {
                            return Ok(format!("generation {} is on the air", status.generation));
                        }
                    }
                    if changes.changed().await.is_err() {
                        return Err(Error::internal("the server stopped"));
                    }
                }
            };
            tokio::time::timeout(VERDICT, verdict)
                .await
                .unwrap_or_else(|_| Err(Error::internal("the server says nothing")))
        }
        // Not started yet: it looks at its folder when it is.
        Target::Temporary { plugins: None, .. } => Ok("the server starts with it".into()),
        Target::Folder(_) => {
            Ok(format!("{} is written; the server's page Plugins says more", built.package.display()))
        }
        Target::Api { url, token, .. } => upload(&built.zip, url, token).await,
    }
}

async fn upload(zip: &Path, url: &str, token: &str) -> Result<String> {
    let failed = |error: reqwest::Error| Error::bad_request(format!("{url} does not answer: {error}"));
    let body = tokio::fs::read(zip).await?;
    let request = reqwest::Client::new().post(format!("{url}/api/plugins")).bearer_auth(token);
    let request = request.header("content-type", "application/zip").body(body);
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    let answer: serde_json::Value = response.json().await.unwrap_or_default();
    if status.is_success() {
        return Ok(format!("generation {} is on the air", answer["generation"]));
    }
    let text = |key: &str| answer["error"][key].as_str().unwrap_or_default().to_owned();
    Err(Error::bad_request(format!("{url} answers {status}: {}", text("message"))).hint(text("hint")))
}

/// A server of its own, with a restream that shows the plugin.
async fn temporary(root: &Path, args: &Dev, manifest: &Manifest) -> Result<Server, Failure> {
    let instance = Instance::at(root);
    std::fs::create_dir_all(instance.plugins())?;
    // Who saves waits for the compiler; that calls take longer then is seen by nobody.
    // Games have nobody to meet here.
    let own = [
        ("server.listen", args.listen.clone()),
        ("plugins.quick_compile", "true".into()),
        ("lobby.broker", "off".into()),
    ];
    let settings = instance.settings(&own)?;
    let server = Server::start(&instance, settings).await?;
    let url = &server.url;
    println!("\nRégie, {} on {}\n", manifest.name, root.display());
    match restream(&server, manifest).await {
        Ok(Some(slug)) => {
            println!("  live page     {url}/{slug}/live");
            let path = if manifest.kind == Kind::Indices { "overlay/indices" } else { "overlay" };
            for overlay in &manifest.overlays {
                let (name, width, height) = (&overlay.name, overlay.width, overlay.height);
                println!("  overlay       {url}/{slug}/{path}?view={name}  ({width} × {height})");
            }
        }
        Ok(None) => println!("  a race that uses it is made in the control room"),
        Err(error) => println!("  no restream could be made to show it: {error}"),
    }
    println!("  control room  {url}/app/");
    if let Some(token) = server.rooms.identity.first_admin_token().await? {
        println!("  to click, make yourself administrator, once: {url}/app/welcome?token={token}");
    }
    println!();
    Ok(server)
}

/// A restream of two that shows the plugin; none for a race mode.
async fn restream(server: &Server, manifest: &Manifest) -> Result<Option<String>> {
    let part = match manifest.kind {
        Kind::Tracker => "tracker_type",
        Kind::Indices => "indices_template",
        Kind::Race => return Ok(None),
    };
    let form = json!({
        "slug": "dev", "title": manifest.name, part: manifest.id,
        "participants": [{"label": "Alice"}, {"label": "Bob"}]});
    let form: NewRestream = serde_json::from_value(form).map_err(Error::internal)?;
    let host = Actor { id: "dev".into(), name: "Dev".into(), role: Role::Admin };
    Ok(Some(server.rooms.restreams.create(form, &host).await?.slug.clone()))
}
