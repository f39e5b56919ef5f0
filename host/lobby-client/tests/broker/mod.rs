//! A broker of a test's own: mosquitto on a free port.

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Killed when dropped.
pub struct Mosquitto {
    port: u16,
    child: Option<Child>,
    folder: TempDir,
}

impl Mosquitto {
    pub fn start() -> Self {
        // Nobody else is given the port between the two, but for bad luck: then mosquitto ends, and the next one is tried.
        for _ in 0..5 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
            let port = free.local_addr().expect("it is bound").port();
            drop(free);
            let folder = tempfile::tempdir().expect("a temporary folder");
            let mut broker = Self { port, child: None, folder };
            if broker.run() {
                return broker;
            }
        }
        panic!("mosquitto does not start");
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// It keeps nothing.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it runs");
            child.wait().expect("it ends");
        }
    }

    pub fn start_again(&mut self) {
        assert!(self.run(), "mosquitto starts where it was");
    }

    fn run(&mut self) -> bool {
        let config = self.folder.path().join("mosquitto.conf");
        let mut file = std::fs::File::create(&config).expect("a file");
        writeln!(file, "listener {} 127.0.0.1\nallow_anonymous true\npersistence false", self.port)
            .expect("it can be written");
        // Debian has it where only the administrator's shell looks.
        let binary = if std::path::Path::new("/usr/sbin/mosquitto").exists() {
            "/usr/sbin/mosquitto"
        } else {
            "mosquitto"
        };
        let mut child = Command::new(binary)
            .arg("-c")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto is installed: scripts/setup.sh");
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            let ended = child.try_wait().expect("it can be asked").is_some();
            if ended || Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.child = Some(child);
        true
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
