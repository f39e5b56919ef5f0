//! Plain peers (`tests/peers`): a process that drives many of them, told what to do and listened to by lines of JSON.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, Command},
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::Instant,
};

pub struct Peers {
    /// What each peer shows last.
    views: BTreeMap<String, Shown>,
    none: Shown,
    /// When each last did what.
    deeds: BTreeMap<(String, String), f64>,
    /// All that was reported, in order.
    pub reports: Vec<Value>,
    stdin: ChildStdin,
    lines: UnboundedReceiver<Value>,
    _child: Child,
}

/// A peer's own view.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// When it came to be so, in seconds of the peers' monotonic clock.
    pub at: f64,
    pub session: Option<String>,
    pub state: String,
    pub members: BTreeSet<String>,
    pub version: u64,
    /// It takes itself for a member, and the state says so, too: the session with the ✓.
    pub marked: bool,
    /// Of a peer that lists all sessions: how many are in each, and which one has the ✓.
    pub list: BTreeMap<String, (u64, bool)>,
}

impl Peers {
    pub fn start(port: u16) -> Self {
        let python = regie_tests::root().join("target/python/bin/python");
        assert!(python.exists(), "plain peers need {}: run `make setup`", python.display());
        let mut child = Command::new(python)
            .arg("-B")
            .arg(regie_tests::root().join("tests/peers/main.py"))
            .args(["127.0.0.1", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        // Read also while nobody listens: a full pipe would hold the peers.
        let (reports, lines) = unbounded_channel();
        tokio::spawn(async move {
            let mut stdout = BufReader::new(stdout).lines();
            while let Ok(Some(line)) = stdout.next_line().await {
                let _ = reports.send(serde_json::from_str(&line).expect("reports are JSON"));
            }
        });
        Self {
            views: BTreeMap::new(),
            none: Shown::default(),
            deeds: BTreeMap::new(),
            reports: Vec::new(),
            stdin,
            lines,
            _child: child,
        }
    }

    /// Makes peers, half of them with each form of topic.
    pub async fn make<T: AsRef<str>>(&mut self, peers: &[T], options: Value) {
        for (form, skip) in [("prefix", 0), ("suffix", 1)] {
            let mine: Vec<_> = peers.iter().map(AsRef::as_ref).skip(skip).step_by(2).collect();
            let mut command = json!({"do": "new", "peers": mine, "form": form});
            for (key, value) in options.as_object().into_iter().flatten() {
                command[key] = value.clone();
            }
            self.tell(command).await;
        }
    }

    pub async fn tell(&mut self, command: Value) {
        self.stdin.write_all(format!("{command}\n").as_bytes()).await.expect("the peers run");
    }

    pub async fn create(&mut self, peer: &str, session: &str, max: u32) {
        let command = json!({"do": "create", "peer": peer, "session": session, "model": "Tide pools",
            "low": 2, "high": max});
        self.tell(command).await;
    }

    pub async fn join(&mut self, peer: &str, session: &str) {
        self.tell(json!({"do": "join", "peer": peer, "session": session})).await;
    }

    /// `leave`, `crash`, `start`
    pub async fn ask(&mut self, peer: &str, what: &str) {
        self.tell(json!({"do": what, "peer": peer})).await;
    }

    pub async fn watch(&mut self, name: &str, filters: &[&str]) {
        self.tell(json!({"do": "watch", "as": name, "filters": filters})).await;
        self.until("the watcher listens", 20, |peers| peers.did(name, "watching")).await;
    }

    /// What the peers' clock says now.
    pub async fn now(&mut self) -> f64 {
        let note = format!("note {}", self.reports.len());
        self.tell(json!({"do": "note", "note": note})).await;
        self.until("a note", 20, |peers| {
            peers.reports.iter().rev().find(|r| r["note"] == note)?["at"].as_f64()
        })
        .await
    }

    /// A message of no peer's. The broker has it when this is over.
    pub async fn publish(&mut self, topic: &str, text: &str, retain: bool) {
        self.publish_it(json!({"do": "publish", "topic": topic, "text": text, "retain": retain})).await;
    }

    pub async fn publish_it(&mut self, command: Value) {
        let before = self.did("raw", "published");
        self.tell(command).await;
        self.until("the broker has it", 20, |peers| (peers.did("raw", "published") > before).then_some(()))
            .await;
    }

    pub fn view(&self, peer: &str) -> &Shown {
        self.views.get(peer).unwrap_or(&self.none)
    }

    /// When it last did that.
    pub fn did(&self, peer: &str, what: &str) -> Option<f64> {
        self.deeds.get(&(peer.to_owned(), what.to_owned())).copied()
    }

    /// What a watcher heard: topic, payload, and whether it stood there before.
    pub fn heard(&self, watcher: &str) -> impl Iterator<Item = (&str, &str, bool)> {
        self.reports
            .iter()
            .filter(move |r| r["watch"] == watcher)
            .map(|r| (r["topic"].as_str().unwrap(), r["payload"].as_str().unwrap(), r["retain"] == true))
    }

    /// Listens until there is something, so many seconds at most.
    pub async fn until<T>(&mut self, what: &str, seconds: u64, look: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            if !self.listen(deadline).await {
                panic!("not within {seconds} s: {what}\n{}", self.tail());
            }
        }
    }

    /// Listens for so long, whatever comes.
    pub async fn pass(&mut self, seconds: f64) {
        let deadline = Instant::now() + Duration::from_secs_f64(seconds);
        while self.listen(deadline).await {}
    }

    /// Takes the next report, and those that came meanwhile. False when none came before.
    async fn listen(&mut self, deadline: Instant) -> bool {
        let Ok(report) = tokio::time::timeout_at(deadline, self.lines.recv()).await else { return false };
        self.take(report.expect("the peers run: what ended them stands on stderr"));
        while let Ok(report) = self.lines.try_recv() {
            self.take(report);
        }
        true
    }

    fn take(&mut self, report: Value) {
        if let Some(peer) = report["peer"].as_str() {
            if let Some(view) = report.get("view") {
                self.views.insert(peer.to_owned(), shown(&report["at"], view));
            }
            if let Some(did) = report["did"].as_str() {
                let at = report["at"].as_f64().unwrap();
                self.deeds.insert((peer.to_owned(), did.to_owned()), at);
            }
        }
        self.reports.push(report);
    }

    fn tail(&self) -> String {
        let from = self.reports.len().saturating_sub(40);
        self.reports[from..].iter().map(|report| format!("{report}\n")).collect()
    }
}

/// As a set.
pub fn set<T: ToString>(members: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    members.into_iter().map(|member| member.to_string()).collect()
}

fn shown(at: &Value, view: &Value) -> Shown {
    let members = view["members"].as_array().into_iter().flatten();
    let list = view["list"].as_object().into_iter().flatten();
    Shown {
        at: at.as_f64().unwrap(),
        session: view["session"].as_str().map(str::to_owned),
        state: view["state"].as_str().unwrap_or_default().to_owned(),
        members: set(members.filter_map(Value::as_str)),
        version: view["version"].as_u64().unwrap_or_default(),
        marked: view["marked"] == true,
        list: list.map(|(id, l)| (id.clone(), (l["count"].as_u64().unwrap(), l["marked"] == true))).collect(),
    }
}
