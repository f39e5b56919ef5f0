//! The rooms, opened in order and tied together.

use std::sync::Arc;

use regie_core::{Clock, Result, Settings, Shutdown, SystemClock, Topic};
use regie_identity::Identity;
use regie_live::Hub;
use regie_plugins::Plugins;
use regie_restream::{AppSource, OpenSessions, Parts, Restreams, SessionFiles, TrackerSource};
use regie_store::Store;

use crate::{instance::Instance, settings};

/// Everything the router reaches.
pub struct Rooms {
    pub store: Arc<Store>,
    pub identity: Arc<Identity>,
    pub plugins: Arc<Plugins>,
    pub hub: Arc<Hub>,
    pub restreams: Arc<Restreams>,
    pub clock: Arc<dyn Clock>,
    pub started_ms: i64,
}

pub async fn open(instance: &Instance, settings: &Settings, shutdown: &Shutdown) -> Result<Rooms> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Store::open(regie_store::Options::new(instance.db(), clock.clone())).await?;
    let (sessions, mut edits) =
        store.file_bucket("trackers", instance.tracker_sessions(), Arc::new(SessionFiles));
    let identity = Identity::open(
        regie_identity::Buckets {
            users: store.bucket("users"),
            sessions: store.bucket("sessions"),
            tokens: store.bucket("tokens"),
            keys: store.bucket("keys"),
        },
        clock.clone(),
        identity_options(settings)?,
    )
    .await?;
    let plugins = Plugins::start(plugin_options(instance, settings, sessions.clone()), shutdown).await?;
    let live = regie_live::Options {
        links: settings.size(&settings::LINKS),
        viewer_interval: settings.millis(&settings::VIEWER_INTERVAL),
        ..regie_live::Options::default()
    };
    let hub = Hub::start(live, shutdown);
    let restreams = Restreams::open(Parts {
        restreams: store.bucket("restreams"),
        counters: store.bucket("counters"),
        sessions,
        plugins: plugins.clone(),
        hub: hub.clone(),
        clock: clock.clone(),
        lineage: store.lineage().to_owned(),
        shutdown: shutdown.clone(),
    })
    .await?;
    hub.register("tracker", TrackerSource::new(restreams.clone()));
    hub.register("app", Arc::new(AppSource::default()));

    let trackers = restreams.trackers.clone();
    let stop = shutdown.token();
    shutdown.spawn(async move {
        while let Some(Some(edit)) = stop.run_until_cancelled(edits.next()).await {
            trackers.hand_edit(edit);
        }
    });
    follow_plugins(&plugins, &hub, shutdown);
    follow_identity(&identity, &hub, shutdown);
    let started_ms = clock.now_ms();
    Ok(Rooms { store, identity, plugins, hub, restreams, clock, started_ms })
}

/// A plugin that was swapped changes every picture of its sessions.
fn follow_plugins(plugins: &Arc<Plugins>, hub: &Arc<Hub>, shutdown: &Shutdown) {
    let (mut changes, hub, stop) = (plugins.changes(), hub.clone(), shutdown.token());
    shutdown.spawn(async move {
        while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
            hub.changed_all(|topic: &Topic| topic.room() == "tracker" || topic.room() == "app");
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
    sessions: Arc<dyn regie_store::Bucket>,
) -> regie_plugins::Options {
    let tables = settings.plugin_tables().clone();
    let operator = move |id: &str| match tables.get(id).map(serde_json::to_value) {
        Some(Ok(serde_json::Value::Object(values))) => values,
        _ => serde_json::Map::new(),
    };
    regie_plugins::Options {
        dir: instance.plugins(),
        cache: instance.cache(),
        limits: regie_plugins::Limits::from(settings),
        settings: Arc::new(operator),
        sessions: Arc::new(OpenSessions(sessions)),
    }
}
