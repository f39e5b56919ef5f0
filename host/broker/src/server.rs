//! Listens, and gives every connection its task.

use std::{net::SocketAddr, sync::Arc};

use parking_lot::Mutex;
use regie_core::{Error, ErrorKind, Result};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, mpsc},
};
use tokio_util::task::TaskTracker;

use crate::{
    Options, Stats, connection,
    hub::{Event, Hub, Link},
};

/// Packets that wait for the hub; who sends one more waits, and so does their client.
const WAITING_FOR_HUB: usize = 1_024;

/// A broker that runs until its shutdown.
pub struct Broker {
    address: SocketAddr,
    stats: Arc<Mutex<Stats>>,
    tasks: TaskTracker,
}

impl Broker {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn stats(&self) -> Stats {
        *self.stats.lock()
    }

    /// Waits for the end of all connections after the shutdown.
    pub async fn ended(self) {
        self.tasks.wait().await;
    }
}

/// Listens, then answers; ends when `shutdown` does. Unavailable: the address is none, or is taken.
pub async fn serve(options: Options, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<Broker> {
    let unavailable = |error: std::io::Error| {
        Error::new(
            ErrorKind::Unavailable,
            format!("the broker cannot listen on `{}`: {error}", options.listen),
        )
        .hint("give another address as host:port, or end the program that has this one")
    };
    let listener = TcpListener::bind(&options.listen).await.map_err(unavailable)?;
    let address = listener.local_addr().map_err(unavailable)?;
    if options.credentials.is_none() && !address.ip().is_loopback() {
        tracing::warn!(%address, "the broker lets everybody in from other machines: no name and password are set");
    }
    let stats = Arc::new(Mutex::new(Stats::default()));
    let tasks = TaskTracker::new();
    let (hub, events) = mpsc::channel(WAITING_FOR_HUB);
    let options = Arc::new(options);
    tasks.spawn(Hub::new(options.clone(), stats.clone()).run(events));
    let connections = tasks.clone();
    tasks.spawn(async move {
        tokio::select! {
            () = shutdown => {}
            () = accept(listener, options, &hub, &connections) => {}
        }
        connections.close();
        let _ = hub.send(Event::Stop).await;
    });
    Ok(Broker { address, stats, tasks })
}

async fn accept(
    listener: TcpListener,
    options: Arc<Options>,
    hub: &mpsc::Sender<Event>,
    tasks: &TaskTracker,
) {
    let places = Arc::new(Semaphore::new(options.max_connections));
    let mut last = 0;
    loop {
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                // Out of file descriptors, most likely: some will be free again.
                tracing::warn!(%error, "the broker could not accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            let _ = hub.try_send(Event::Refused);
            continue;
        };
        last += 1;
        let (link, hub, options) = (Link(last), hub.clone(), options.clone());
        tasks.spawn(async move {
            let own = hub.clone();
            let served = tokio::spawn(async move { connection::serve(socket, link, &own, &options).await });
            match served.await {
                Ok(true) => {}
                Ok(false) => drop(hub.send(Event::Refused).await),
                // It panicked over some bytes: the runtime said so, and its session must not stay connected.
                Err(_) => drop(hub.send(Event::Gone { link }).await),
            }
            drop(place);
        });
    }
}
