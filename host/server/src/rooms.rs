//! The rooms, opened in order and tied together.

use std::{sync::Arc, time::Duration};

use regie_core::{Clock, Result, Settings, Shutdown, SystemClock, Topic};
use regie_identity::{Described, Identity};
use regie_live::{Hub, Rosters};
use regie_lobby::{Lobby, LobbySource};
use regie_plugins::{Operator, Plugins};
use regie_race::{OpenRaces, RaceInvites, RaceSource, Races, pools::Pools};
use regie_restream::{OpenSessions, Parts, PresetFiles, Restreams, SessionFiles, SheetFiles};
use regie_store::{HandEdits, Store};
use tokio::time::MissedTickBehavior;

use crate::{instance::Instance, settings};

/// How often `config.toml` is looked at.
const CONFIG: Duration = Duration::from_secs(1);
const LINKS: Duration = Duration::from_secs(2);

/// Everything the router reaches.
pub struct Rooms {
    pub store: Arc<Store>,
    pub identity: Arc<Identity>,
    pub plugins: Arc<Plugins>,
    pub operator: Arc<Operator>,
    pub hub: Arc<Hub>,
    pub restreams: Arc<Restreams>,
    pub races: Arc<Races>,
    pub lobby: Arc<Lobby>,
    pub clock: Arc<dyn Clock>,
    pub started_ms: i64,
}

pub async fn open(instance: &Instance, settings: &Settings, shutdown: &Shutdown) -> Result<Rooms> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(regie_store::Options::new(instance.db(), clock.clone())).await?;
    let (trackers, tracker_edits) =
        store.file_bucket("trackers", instance.tracker_sessions(), Arc::new(SessionFiles));
    let (indices, sheet_edits) =
        store.file_bucket("indices", instance.indices_sessions(), Arc::new(SheetFiles));
    let (presets, preset_edits) =
        store.file_bucket("presets", instance.tracker_presets(), Arc::new(PresetFiles));
    let identity = Identity::open(
        regie_identity::Buckets {
            users: store.bucket("users"),
            sessions: store.bucket("sessions"),
            tokens: store.bucket("tokens"),
            keys: store.bucket("keys"),
            targets: store.bucket("targets"),
        },
        clock.clone(),
        identity_options(settings)?,
    )
    .await?;
    let open =
        OpenSessions { trackers: trackers.clone(), indices: indices.clone(), presets: presets.clone() };
    let open = (open, OpenRaces(store.bucket("races")));
    let operator = Arc::new(Operator::open(&instance.config()));
    let plugins = Plugins::start(plugin_options(instance, settings, &operator, open), shutdown).await?;
    let live = regie_live::Options {
        links: settings.size(&settings::LINKS),
        viewer_interval: settings.millis(&settings::VIEWER_INTERVAL),
        ..regie_live::Options::default()
    };
    let hub = Hub::start(live, shutdown);
    let lobby = Lobby::open(regie_lobby::Parts {
        sessions: store.bucket("lobby"),
        clock: clock.clone(),
        hub: hub.clone(),
        settings: regie_lobby::Options::from_settings(settings)?,
        shutdown: shutdown.clone(),
        lineage: store.lineage().to_owned(),
    })
    .await?;
    LobbySource::attach(&lobby, &hub, shutdown);
    let rosters: Arc<dyn Rosters> = lobby.clone();
    let restreams = Restreams::open(Parts {
        restreams: store.bucket("restreams"),
        counters: store.bucket("counters"),
        trackers,
        indices,
        presets,
        secrets: store.bucket("secrets"),
        templates: instance.indices_templates(),
        plugins: plugins.clone(),
        hub: hub.clone(),
        rosters: rosters.clone(),
        clock: clock.clone(),
        lineage: store.lineage().to_owned(),
        shutdown: shutdown.clone(),
    })
    .await?;
    let directory = restreams.directory.clone();
    identity.set_describer(Arc::new(move |target| {
        let id = target.strip_prefix("restream.")?.parse().ok()?;
        let restream = directory.by_id(id).ok()?.restream;
        Some(Described { title: restream.title.clone(), url: format!("/{}/live", restream.slug) })
    }));
    for (room, source) in regie_restream::sources(&restreams) {
        hub.register(room, source);
    }
    let races = races(
        instance,
        settings,
        shutdown,
        &Around {
            store: &store,
            plugins: &plugins,
            identity: &identity,
            hub: &hub,
            rosters: &rosters,
            clock: &clock,
        },
    )
    .await?;
    identity.set_other_invites(Arc::new(RaceInvites(races.clone())));
    hub.register(RaceSource::ROOM, RaceSource::new(races.clone()));
    follow_edits(tracker_edits, &restreams.trackers, shutdown);
    follow_edits(sheet_edits, &restreams.sheets, shutdown);
    follow_edits(preset_edits, &restreams.presets.sessions, shutdown);
    follow_plugins(&plugins, &hub, shutdown);
    follow_config(&operator, &plugins, shutdown);
    follow_identity(&identity, &hub, shutdown);
    follow_links(&hub, shutdown);
    let started_ms = clock.now_ms();
    Ok(Rooms { store, identity, plugins, operator, hub, restreams, races, lobby, clock, started_ms })
}

/// What the races stand on.
struct Around<'a> {
    store: &'a Arc<Store>,
    plugins: &'a Arc<Plugins>,
    identity: &'a Arc<Identity>,
    hub: &'a Arc<Hub>,
    rosters: &'a Arc<dyn Rosters>,
    clock: &'a Arc<dyn Clock>,
}

async fn races(
    instance: &Instance,
    settings: &Settings,
    shutdown: &Shutdown,
    around: &Around<'_>,
) -> Result<Arc<Races>> {
    let Around { store, plugins, identity, hub, rosters, clock } = around;
    let pools = Pools::open(
        instance.seeds(),
        store.bucket("seeds"),
        Arc::clone(store),
        Arc::clone(plugins),
        Arc::clone(clock),
        shutdown.clone(),
    )
    .await?;
    let public_url = settings.text(&settings::PUBLIC_URL);
    Races::open(regie_race::Parts {
        races: store.bucket("races"),
        counters: store.bucket("counters"),
        secrets: store.bucket("secrets"),
        store: Arc::clone(store),
        plugins: Arc::clone(plugins),
        identity: Arc::clone(identity),
        pools,
        hub: Arc::clone(hub),
        rosters: Arc::clone(rosters),
        clock: Arc::clone(clock),
        lineage: store.lineage().to_owned(),
        public_url: (!public_url.is_empty()).then(|| public_url.to_owned()),
        shutdown: shutdown.clone(),
    })
    .await
}

/// Files that people edit become documents.
fn follow_edits(mut edits: HandEdits, sessions: &Arc<regie_restream::Sessions>, shutdown: &Shutdown) {
    let (sessions, stop) = (sessions.clone(), shutdown.token());
    shutdown.spawn(async move {
        while let Some(Some(edit)) = stop.run_until_cancelled(edits.next()).await {
            sessions.hand_edit(edit);
        }
    });
}

/// A plugin that was swapped, or whose settings changed, changes every picture it has a part in: which, its rooms know.
fn follow_plugins(plugins: &Arc<Plugins>, hub: &Arc<Hub>, shutdown: &Shutdown) {
    let (mut changes, hub, stop) = (plugins.changes(), hub.clone(), shutdown.token());
    shutdown.spawn(async move {
        while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
            hub.changed_all(|_| true);
        }
    });
}

/// What is edited by hand in `config.toml` takes effect as far as it is about plugins.
fn follow_config(operator: &Arc<Operator>, plugins: &Arc<Plugins>, shutdown: &Shutdown) {
    let (operator, plugins, stop) = (operator.clone(), plugins.clone(), shutdown.token());
    shutdown.spawn(async move {
        let mut looks = tokio::time::interval(CONFIG);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            match operator.look() {
                Ok(edited) => {
                    for table in &edited.restart {
                        tracing::warn!(table, "config.toml changed; this takes effect at the next start");
                    }
                    if !edited.plugins.is_empty() {
                        tracing::info!(plugins = ?edited.plugins, "config.toml changed; in force");
                        plugins.settings_changed().await;
                    }
                }
                Err(error) => tracing::error!(%error, "what was read before stays in force"),
            }
        }
    });
}

/// Open lists of links look again, at most once every [`LINKS`].
fn follow_links(hub: &Arc<Hub>, shutdown: &Shutdown) {
    let (mut changes, hub, stop) = (hub.link_changes(), hub.clone(), shutdown.token());
    let topic = Topic::parse("app/changes").expect("a constant topic");
    shutdown.spawn(async move {
        while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
            hub.changed(&topic);
            if stop.run_until_cancelled(tokio::time::sleep(LINKS)).await.is_none() {
                return;
            }
        }
    });
}

/// A logout, a changed role or a revoked key takes effect on open links.
fn follow_identity(identity: &Arc<Identity>, hub: &Arc<Hub>, shutdown: &Shutdown) {
    let (mut changes, hub, stop) = (identity.changes(), hub.clone(), shutdown.token());
    shutdown.spawn(async move {
        while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
            hub.reevaluate();
        }
    });
}

fn identity_options(settings: &Settings) -> Result<regie_identity::Options> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(regie_identity::Options {
        public_url: filled(settings.text(&settings::PUBLIC_URL)),
        bootstrap_token: filled(settings.text(&settings::BOOTSTRAP_TOKEN)),
        trusted_proxies: regie_identity::Proxies::parse(&settings.list(&settings::TRUSTED_PROXIES))?,
        ..regie_identity::Options::from_settings(settings)
    })
}

fn plugin_options(
    instance: &Instance,
    settings: &Settings,
    operator: &Arc<Operator>,
    open: (OpenSessions, OpenRaces),
) -> regie_plugins::Options {
    let operator = operator.clone();
    regie_plugins::Options {
        dir: instance.plugins(),
        overrides: instance.overrides(),
        cache: instance.cache(),
        limits: regie_plugins::Limits::from(settings),
        settings: Arc::new(move |id| operator.of(id)),
        sessions: Arc::new(open),
    }
}
