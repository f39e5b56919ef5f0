//! The least that a server of races could do: whatever a game says goes to everybody else in its room, as it is.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
};

use futures::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::broadcast,
};
use tokio_tungstenite::tungstenite::{
    Message, Utf8Bytes,
    handshake::server::{Request, Response},
};

type Room = broadcast::Sender<(usize, Utf8Bytes)>;
type Rooms = Arc<Mutex<HashMap<String, Room>>>;

/// A floor of its own.
pub struct Process {
    pub url: String,
    child: Child,
}

impl Process {
    /// This program again, with this variable set.
    pub fn start(variable: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let started = Command::new(program).env(variable, "1").stdout(Stdio::piped()).spawn();
        let mut child = started.expect("it starts");
        let mut url = String::new();
        let said = child.stdout.take().expect("it was asked for");
        BufReader::new(said).read_line(&mut url).expect("an address");
        Self { url: url.trim().to_owned(), child }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says its address, and serves until it is killed.
pub async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    let rooms = Rooms::default();
    for number in 0.. {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(forward(number, stream, rooms.clone()));
        }
    }
}

async fn forward(number: usize, stream: TcpStream, rooms: Rooms) {
    let _ = stream.set_nodelay(true);
    let mut path = String::new();
    let noted = |request: &Request, response: Response| {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(stream, noted).await else { return };
    let room = {
        let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(path).or_insert_with(|| broadcast::channel(256).0).clone()
    };
    let mut others = room.subscribe();
    let (mut out, mut said) = socket.split();
    loop {
        tokio::select! {
            message = said.next() => match message {
                Some(Ok(Message::Text(text))) => drop(room.send((number, text))),
                Some(Ok(_)) => {}
                _ => return,
            },
            told = others.recv() => {
                let Ok((from, text)) = told else { continue };
                if from != number && out.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
        }
    }
}
