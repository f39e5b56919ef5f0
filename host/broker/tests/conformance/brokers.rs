//! The brokers that are checked, each fresh and on a free port of this machine.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use regie_broker::Options;
use tempfile::TempDir;
use tokio::{net::TcpStream, sync::oneshot};

use crate::peer::{Hello, PATIENCE, Peer, V3, V5, Version};

/// Bytes of a packet that the brokers of the tests take.
pub const MAX_PACKET: usize = 2 << 20;
pub const USER: &str = "keeper";
pub const PASSWORD: &str = "the word";
/// `PASSWORD` as mosquitto stores it.
const PASSWORD_FILE: &str = "keeper:$7$101$QQpXD9BmpawwGFoK$ghYk0TrOgCSVegbTJ9mpprT3fkHX5e3T5IMAG11coHrkbRI4suU6HSGvUVwCF1GR23OASLfTCWs7WOfyxFkzYg==\n";

/// Where a check runs, and names that no other check uses.
pub struct At {
    pub address: SocketAddr,
    kind: Kind,
    name: String,
}

#[derive(Clone, Copy)]
pub enum Kind {
    Embedded,
    Mosquitto,
}

impl At {
    pub fn new(running: &Running, check: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let kind = if running.child.is_some() { Kind::Mosquitto } else { Kind::Embedded };
        Self { address: running.address(), kind, name: format!("{check}-{}-{number}", std::process::id()) }
    }

    /// Once for each version, with other names.
    pub fn rounds(&self) -> [(Self, Version); 2] {
        [V3, V5].map(|version| {
            (
                Self { address: self.address, kind: self.kind, name: format!("{}-{version:?}", self.name) },
                version,
            )
        })
    }

    pub fn topic(&self, end: &str) -> String {
        format!("{}/{end}", self.name)
    }

    pub fn id(&self, end: &str) -> String {
        format!("{}-{end}", self.name)
    }

    /// A client of a clean session.
    pub async fn peer(&self, version: Version, id: &str) -> Peer {
        Peer::new(self.address, Hello::new(version, self.id(id))).await
    }

    /// Another broker of the same kind, which asks for [`USER`] and [`PASSWORD`].
    pub async fn guarded(&self) -> Running {
        match self.kind {
            Kind::Embedded => {
                embedded_with(Options { credentials: Some((USER.into(), PASSWORD.into())), ..options() })
                    .await
            }
            Kind::Mosquitto => mosquitto_with(true).await,
        }
    }
}

/// A broker that ends when this is dropped.
pub struct Running {
    address: SocketAddr,
    child: Option<(Child, TempDir)>,
    _stop: Option<oneshot::Sender<()>>,
}

impl Running {
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn options() -> Options {
    Options { listen: "127.0.0.1:0".into(), max_packet: MAX_PACKET, ..Options::default() }
}

pub async fn embedded() -> Running {
    embedded_with(options()).await
}

async fn embedded_with(options: Options) -> Running {
    let (stop, stopped) = oneshot::channel::<()>();
    let broker = regie_broker::serve(options, async move {
        let _ = stopped.await;
    })
    .await
    .expect("the broker listens");
    Running { address: broker.address(), child: None, _stop: Some(stop) }
}

pub async fn mosquitto() -> Running {
    mosquitto_with(false).await
}

/// Its port is one that was free a moment ago: another one is tried when somebody was faster.
async fn mosquitto_with(guarded: bool) -> Running {
    for _ in 0..5 {
        let folder = TempDir::new().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|one| one.local_addr())
            .expect("a port")
            .port();
        let passwords = folder.path().join("passwords");
        std::fs::write(&passwords, PASSWORD_FILE).expect("a file");
        let access = if guarded {
            format!("allow_anonymous false\npassword_file {}\n", passwords.display())
        } else {
            "allow_anonymous true\n".to_owned()
        };
        let config = format!(
            "listener {port} 127.0.0.1\n{access}persistence false\nmax_packet_size {MAX_PACKET}\n\
             set_tcp_nodelay true\nlog_dest none\n"
        );
        let file = folder.path().join("mosquitto.conf");
        std::fs::write(&file, config).expect("a file");
        // Started by root it would change to a user who may not read the folder.
        let child = Command::new("/usr/sbin/mosquitto")
            .arg("-c")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests compare with mosquitto: install it");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut running = Running { address, child: Some((child, folder)), _stop: None };
        if answers(&mut running).await {
            return running;
        }
    }
    panic!("mosquitto does not start");
}

async fn answers(running: &mut Running) -> bool {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if TcpStream::connect(running.address).await.is_ok() {
            return true;
        }
        let Some((child, _)) = &mut running.child else { return false };
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}
