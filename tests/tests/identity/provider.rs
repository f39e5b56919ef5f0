//! A provider to sign in with: it checks what a real one checks (client, redirect address, code once, PKCE).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use regie_tests::Regie;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const ID: &str = "the-client";
pub const SECRET: &str = "the-secret-of-the-client";

/// Who signs in next, and what it handed out.
#[derive(Default)]
pub struct World {
    pub profile: Value,
    pub refuses: bool,
    /// Code to (challenge, redirect address).
    codes: HashMap<String, (String, String)>,
    tokens: HashMap<String, Value>,
    pub faults: Vec<String>,
}

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    pub world: Arc<Mutex<World>>,
}

fn pairs(query: &str) -> HashMap<String, String> {
    let url = reqwest::Url::parse(&format!("http://x/?{query}")).expect("a query");
    url.query_pairs().into_owned().collect()
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let provider = Self { url, world: Arc::default() };
        let routes = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/users", get(users))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub fn is(&self, id: &str, login: &str, display_name: &str) {
        self.world.lock().expect("not poisoned").profile = json!({"id": id, "login": login,
            "display_name": display_name, "profile_image_url": "https://pictures.example/a.png"});
    }

    /// A server that signs in here.
    pub async fn regie(&self) -> Regie {
        let folder = tempfile::tempdir().expect("a folder").keep();
        let (authorize, token, users) =
            (format!("{}/authorize", self.url), format!("{}/token", self.url), format!("{}/users", self.url));
        let environment = [
            ("REGIE_TWITCH_CLIENT_ID", ID),
            ("REGIE_TWITCH_CLIENT_SECRET", SECRET),
            ("REGIE_TWITCH_AUTHORIZE_URL", &authorize),
            ("REGIE_TWITCH_TOKEN_URL", &token),
            ("REGIE_TWITCH_USER_URL", &users),
        ];
        let mut regie = Regie::on(folder.join("instance"), &environment);
        regie.start().await;
        regie
    }
}

async fn authorize(State(provider): State<Provider>, RawQuery(query): RawQuery) -> Response {
    let asked = pairs(&query.unwrap_or_default());
    let mut world = provider.world.lock().expect("not poisoned");
    let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
    if get("client_id") != ID || get("response_type") != "code" || get("code_challenge_method") != "S256" {
        world.faults.push(format!("authorize: {asked:?}"));
        return StatusCode::BAD_REQUEST.into_response();
    }
    let (redirect, state) = (get("redirect_uri"), get("state"));
    if world.refuses {
        return Redirect::to(&format!("{redirect}?error=access_denied&state={state}")).into_response();
    }
    let code = format!("code-{}", world.codes.len());
    world.codes.insert(code.clone(), (get("code_challenge"), redirect.clone()));
    Redirect::to(&format!("{redirect}?code={code}&scope=&state={state}")).into_response()
}

async fn token(State(provider): State<Provider>, body: String) -> Response {
    let asked = pairs(&body);
    let mut world = provider.world.lock().expect("not poisoned");
    let get = |name: &str| asked.get(name).cloned().unwrap_or_default();
    let fault = |world: &mut World, what: &str| {
        world.faults.push(format!("token: {what}: {asked:?}"));
        (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response()
    };
    if get("client_id") != ID || get("client_secret") != SECRET {
        return fault(&mut world, "client");
    }
    let Some((challenge, redirect)) = world.codes.remove(&get("code")) else {
        return fault(&mut world, "code");
    };
    if redirect != get("redirect_uri") {
        return fault(&mut world, "redirect");
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier"))) != challenge {
        return fault(&mut world, "verifier");
    }
    let token = format!("token-{}", get("code"));
    let profile = world.profile.clone();
    world.tokens.insert(token.clone(), profile);
    // As Twitch answers: a list of scopes, and a type in small letters.
    Json(json!({"access_token": token, "expires_in": 14_000, "refresh_token": "r", "scope": [], "token_type": "bearer"}))
        .into_response()
}

async fn users(State(provider): State<Provider>, headers: HeaderMap) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let world = provider.world.lock().expect("not poisoned");
    let token = text("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
    match world.tokens.get(&token) {
        Some(profile) if text("client-id") == ID => Json(json!({"data": [profile]})).into_response(),
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}
