//! The binary under test.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Accepted as an admin's bearer token by every server started here.
pub const TOKEN: &str = "bootstrap-token-of-the-tests-0123456789";

/// A running server on an instance of its own. Killed when dropped.
pub struct Regie {
    pub instance: PathBuf,
    pub url: String,
    /// Of the embedded broker of lobbies, where it listens.
    lobby: Option<String>,
    pub http: reqwest::Client,
    child: Option<Child>,
    environment: Vec<(String, String)>,
    _folder: Option<Arc<TempDir>>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// `error.code`
    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Regie {
    /// On an empty instance with these packages in its drop folder.
    pub async fn with(packages: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let instance = folder.path().join("instance");
        for id in packages {
            crate::copy(&crate::package(id), &instance.join("plugins").join(id));
        }
        let mut regie = Self::on(instance, &[]);
        regie._folder = Some(Arc::new(folder));
        regie.start().await;
        regie
    }

    /// Not started yet.
    pub fn on(instance: PathBuf, environment: &[(&str, &str)]) -> Self {
        fs::create_dir_all(&instance).expect("the instance's folder can be made");
        Self {
            instance,
            url: String::new(),
            lobby: None,
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(30))
                .build()
                .expect("a client without options"),
            child: None,
            environment: environment.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
            _folder: None,
        }
    }

    pub fn binary() -> PathBuf {
        std::env::var_os("REGIE_BINARY")
            .map_or_else(|| crate::root().join("target/debug/regie"), PathBuf::from)
    }

    /// Starts it and waits until it accepts.
    pub async fn start(&mut self) {
        self.listen("127.0.0.1:0", "127.0.0.1:0").await;
    }

    /// Where it was before, so that who was connected finds it.
    pub async fn start_again(&mut self) {
        let address = self.url.trim_start_matches("http://").to_owned();
        let lobby = self.lobby.as_deref().and_then(|url| url.strip_prefix("mqtt://")).map(str::to_owned);
        self.listen(&address, lobby.as_deref().unwrap_or("127.0.0.1:0")).await;
    }

    async fn listen(&mut self, address: &str, lobby: &str) {
        let ready = self.instance.join("ready.json");
        let _ = fs::remove_file(&ready);
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.instance.join("server.log"))
            .expect("a log file");
        let mut child = Command::new(Self::binary())
            .args(["serve", "--listen", address, "--instance"])
            .arg(&self.instance)
            .arg("--ready-file")
            .arg(&ready)
            .env("REGIE_BOOTSTRAP_TOKEN", TOKEN)
            // Several servers run at once.
            .env("REGIE_LOBBY_LISTEN", lobby)
            .envs(self.environment.iter().cloned())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the binary is built: cargo build -p regie-server");
        let deadline = Instant::now() + Duration::from_secs(60);
        let ready = loop {
            if let Ok(text) = fs::read_to_string(&ready) {
                break serde_json::from_str::<Value>(&text).expect("the ready file is JSON");
            }
            let ended = child.try_wait().expect("the child can be asked");
            assert!(ended.is_none(), "the server ended: {ended:?}\n{}", self.log());
            assert!(Instant::now() < deadline, "the server is not ready:\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        };
        self.url = ready["url"].as_str().expect("it has an url").to_owned();
        self.lobby = ready["lobby"].as_str().map(str::to_owned);
        self.child = Some(child);
    }

    /// Where the embedded broker of lobbies listens: `mqtt://127.0.0.1:39123`.
    pub fn lobby(&self) -> &str {
        self.lobby.as_deref().expect("the embedded broker listens")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.instance.join("server.log")).unwrap_or_default()
    }

    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// `kill -9`
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM; answers the exit code.
    pub async fn terminate(&mut self) -> Option<i32> {
        let mut child = self.child.take().expect("it runs");
        let pid = child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        assert!(asked.success());
        tokio::task::spawn_blocking(move || child.wait())
            .await
            .expect("waiting does not panic")
            .expect("the child ends")
            .code()
    }

    /// A request as the admin of the bootstrap token.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_as(Some(TOKEN), method, path, body).await
    }

    pub async fn call_as(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        Self::answer(request).await
    }

    pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("the answer can be read") }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    /// A restream with this tracker and one participant a label; answers its id.
    pub async fn restream(&self, slug: &str, tracker: &str, labels: &[&str]) -> u64 {
        let participants: Vec<_> = labels.iter().map(|label| json!({"label": label})).collect();
        let form =
            json!({"slug": slug, "title": slug, "tracker_type": tracker, "participants": participants});
        let made = self.post("/api/restreams", form).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        made.json()["id"].as_u64().expect("an id")
    }

    /// A user with a bearer token of their own.
    pub async fn user(&self, name: &str, role: &str) -> String {
        let made = self
            .post("/api/users", json!({"name": name, "password": "correct horse battery", "role": role}))
            .await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let token = self.post("/api/tokens", json!({"label": "tests", "user": name})).await;
        assert_eq!(token.status, StatusCode::CREATED, "{}", token.text);
        token.json()["token"].as_str().expect("a token").to_owned()
    }

    /// An action on the main panel; answers the answer.
    pub async fn act(&self, slug: &str, action: Value) -> Answer {
        self.post(&format!("/{slug}/tracker/update"), json!({"action": action})).await
    }

    /// The session as its file shows it, once the file shows version `version` or later.
    pub async fn file(&self, id: u64, version: u64) -> Value {
        let path = self.instance.join(format!("trackers/sessions/restream_{id}.json"));
        self.wait("the session file", || {
            let value: Value = serde_json::from_str(&fs::read_to_string(&path).ok()?).ok()?;
            (value["version"].as_u64()? >= version).then_some(value)
        })
        .await
    }

    /// Looks until there is something, at most 20 seconds.
    pub async fn wait<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < deadline, "{what} did not come\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Asks `path` until its JSON fits, at most 20 seconds.
    pub async fn until(&self, path: &str, mut fits: impl FnMut(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = self.get(path).await;
            let json: Value = serde_json::from_str(&answer.text).unwrap_or(Value::Null);
            if fits(&json) {
                return json;
            }
            assert!(Instant::now() < deadline, "{path} stays {}\n{}", answer.text, self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Regie {
    fn drop(&mut self) {
        self.kill();
    }
}
