//! A mosquitto of the test's own, without persistence. Ended when dropped.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

pub struct Mosquitto {
    pub port: u16,
    folder: TempDir,
    child: Option<Child>,
}

impl Mosquitto {
    pub async fn start() -> Self {
        let mut broker = Self { port: free_port(), folder: tempfile::tempdir().unwrap(), child: None };
        broker.start_again().await;
        broker
    }

    /// As a URL without credentials.
    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// At the port where it was; nothing that was retained or queued is there.
    pub async fn start_again(&mut self) {
        let config = self.folder.path().join("mosquitto.conf");
        let text = format!("listener {} 127.0.0.1\nallow_anonymous true\npersistence false\n", self.port);
        fs::write(&config, text).unwrap();
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let child =
            Command::new(program()).arg("-c").arg(&config).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        while tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(self.child.as_mut().unwrap().try_wait().unwrap().is_none(), "mosquitto ended: {log}");
            assert!(Instant::now() < deadline, "mosquitto does not listen: {log}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

/// One that nobody listens on now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Debian keeps it where only root's path leads.
fn program() -> &'static str {
    let system = "/usr/sbin/mosquitto";
    if fs::exists(system).unwrap_or_default() { system } else { "mosquitto" }
}
