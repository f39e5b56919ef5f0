//! `regie serve`: open the rooms, accept, and stop without losing anything.

use std::{io::Write, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use regie_core::{Error, Result, Settings, Shutdown};
use tokio::net::{TcpListener, TcpSocket};
use tower::ServiceExt;

use crate::{
    Failure,
    cli::Serve,
    instance::Instance,
    rooms::{self, Rooms},
    router, settings,
};

pub async fn run(args: Serve) -> std::result::Result<(), Failure> {
    let flags: Vec<_> = args.listen.map(|listen| ("server.listen", listen)).into_iter().collect();
    let instance = Instance::at(&args.instance);
    let settings = instance.settings(&flags)?;
    let server = Server::start(&instance, settings).await?;
    if let Some(token) = server.rooms.identity.first_admin_token().await? {
        println!(
            "No administrator yet. This link makes one, once, within 24 hours:\n  {}/app/welcome?token={token}",
            server.url
        );
    }
    println!("Régie serves {}", server.url);
    if let Some(address) = server.rooms.lobby.address() {
        println!("Games meet at {address}");
    }
    let _ready = args.ready_file.map(|path| ReadyFile::write(&path, &server)).transpose()?;
    stop_signal().await;
    server.stop().await;
    Ok(())
}

/// A server that accepts.
pub struct Server {
    pub rooms: Arc<Rooms>,
    pub url: String,
    shutdown: Shutdown,
    accepting: tokio::task::JoinHandle<()>,
    drain: Duration,
}

impl Server {
    pub async fn start(instance: &Instance, settings: Settings) -> Result<Self> {
        std::fs::create_dir_all(&instance.root)
            .map_err(|e| Error::from(e).hint(format!("{} cannot be made", instance.root.display())))?;
        raise_file_limit();
        let shutdown = Shutdown::new();
        let listen = settings.text(&settings::LISTEN).to_owned();
        let listener = listen_on(&listen).await.map_err(|error| {
            Error::bad_request(format!("cannot listen on {listen}: {error}"))
                .hint("another server may hold the port; --listen 127.0.0.1:0 takes a free one")
        })?;
        let address = listener.local_addr()?;
        let rooms = Arc::new(rooms::open(instance, &settings, &shutdown).await?);
        let url = format!("http://{address}");
        let drain = settings.millis(&settings::DRAIN);
        let router = router::build(&rooms, &settings);
        let accepting = tokio::spawn(accept(listener, router, shutdown.clone()));
        tracing::info!(url, "accepting");
        Ok(Self { rooms, url, shutdown, accepting, drain })
    }

    /// Stops accepting, lets what is under way finish, and closes the store last.
    pub async fn stop(self) {
        tracing::info!("stopping");
        if !self.shutdown.drain(self.drain).await {
            tracing::warn!("some tasks did not end in time");
        }
        let _ = tokio::time::timeout(self.drain, self.accepting).await;
        self.rooms.store.close().await;
        tracing::info!("stopped");
    }
}

/// With room for a crowd that reconnects at once: the usual 128 waiting connections make the rest wait a second.
async fn listen_on(address: &str) -> std::io::Result<TcpListener> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in tokio::net::lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        match socket.bind(address) {
            Ok(()) => return socket.listen(4096),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Each viewer is an open file; the usual soft limit of 1,024 is soon reached, the hard one is not.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

async fn accept(listener: TcpListener, router: Router, shutdown: Shutdown) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // A client that dawdles over its request head holds a connection; nothing else times out by itself.
    builder.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15));
    // One copy is cheaper than a vectored write for the small pieces that streams are made of.
    builder.http1().writev(false);
    let graceful = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: what is open goes on, new ones wait a little.
                    tracing::warn!(%error, "cannot accept");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = shutdown.requested() => break,
        };
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(with_peer(router.clone(), peer));
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    // Streams that never end (SSE) are cut by their rooms, which heard of the shutdown, too.
    let _ = tokio::time::timeout(Duration::from_secs(5), graceful.shutdown()).await;
}

fn with_peer(
    router: Router,
    peer: SocketAddr,
) -> impl tower::Service<
    http::Request<hyper::body::Incoming>,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone {
    router.map_request(move |mut request: http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    })
}

pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
}

/// Removed when it is dropped.
pub struct ReadyFile(std::path::PathBuf);

impl ReadyFile {
    /// `{"url","pid","version"}`, and `lobby` where the embedded broker listens: `mqtt://127.0.0.1:1883`.
    pub fn write(path: &Path, server: &Server) -> Result<Self> {
        let mut body = serde_json::json!({"url": server.url, "pid": std::process::id(), "version": env!("CARGO_PKG_VERSION")});
        if let Some(address) = server.rooms.lobby.address() {
            body["lobby"] = address.into();
        }
        // Written aside and renamed: whoever waits for it never reads half of it.
        let aside = path.with_extension("partial");
        std::fs::File::create(&aside)?.write_all(body.to_string().as_bytes())?;
        std::fs::rename(&aside, path)?;
        Ok(Self(path.to_owned()))
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
