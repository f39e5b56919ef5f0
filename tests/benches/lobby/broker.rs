//! A broker without anybody who arbitrates on it.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// In place of the arguments that a bench gets from its runner.
pub const FLOOR: &str = "REGIE_BENCH_FLOOR";

/// Ended when dropped.
pub struct Alone {
    /// `127.0.0.1:39123`
    pub address: String,
    child: Child,
    _folder: TempDir,
}

impl Alone {
    pub fn start(mosquitto: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if mosquitto {
            return Self::mosquitto(folder);
        }
        let program = std::env::current_exe().expect("this program");
        let started = Command::new(program).env(FLOOR, "1").stdout(Stdio::piped()).spawn();
        let mut child = started.expect("it starts");
        let mut address = String::new();
        let said = child.stdout.take().expect("it was asked for");
        BufReader::new(said).read_line(&mut address).expect("an address");
        Self { address: address.trim().to_owned(), child, _folder: folder }
    }

    fn mosquitto(folder: TempDir) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let port = address.rsplit(':').next().expect("a port");
        let config = folder.path().join("mosquitto.conf");
        let mut file = std::fs::File::create(&config).expect("a file");
        // Its own limits would be what is measured, not the protocol.
        writeln!(file, "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false")
            .expect("written");
        writeln!(file, "max_queued_messages 0\nmax_inflight_messages 0").expect("written");
        let debian = "/usr/sbin/mosquitto";
        let program = if std::fs::exists(debian).unwrap_or_default() { debian } else { "mosquitto" };
        let mut command = Command::new(program);
        command.arg("-c").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("mosquitto is installed: make setup");
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < deadline, "mosquitto does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { address, child, _folder: folder }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says its address, and serves until it is killed.
pub async fn embedded() {
    let options = regie_broker::Options { listen: "127.0.0.1:0".into(), ..regie_broker::Options::default() };
    let broker = regie_broker::serve(options, std::future::pending()).await.expect("a port");
    println!("{}", broker.address());
    std::future::pending().await
}
