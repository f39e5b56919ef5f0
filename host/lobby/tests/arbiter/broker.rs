//! A mosquitto of the test's own.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

pub struct Mosquitto {
    pub port: u16,
    dir: TempDir,
    config: PathBuf,
    child: Option<Child>,
}

impl Mosquitto {
    /// Open to everybody.
    pub fn start() -> Self {
        Self::with("allow_anonymous true", |_| {})
    }

    /// `settings` of the one listener; `prepare` gets the folder in which it runs.
    pub fn with(settings: &str, prepare: impl FnOnce(&std::path::Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        prepare(dir.path());
        let port = free_port();
        let config = dir.path().join("mosquitto.conf");
        let mut text = String::new();
        writeln!(text, "listener {port} 127.0.0.1\npersistence false\n{settings}").unwrap();
        std::fs::write(&config, text.replace("DIR", dir.path().to_str().unwrap())).unwrap();
        let mut broker = Self { port, dir, config, child: None };
        broker.run();
        broker
    }

    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// At the same address; it remembers nothing.
    pub fn run(&mut self) {
        let mut child = Command::new("/usr/sbin/mosquitto")
            .arg("-c")
            .arg(&self.config)
            .arg("-v")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let running = lines.by_ref().map(Result::unwrap).find(|line| line.contains("running"));
        assert!(running.is_some(), "mosquitto does not start");
        // It must not wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        self.child = Some(child);
    }

    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
