//! Sign-in with Twitch, against a provider that checks what a real one checks.

use regie_tests::{Answer, Regie};
use reqwest::{Method, header};
use serde_json::json;

use crate::provider::Provider;

/// A browser: it keeps cookies and follows nothing by itself.
struct Browser<'r> {
    regie: &'r Regie,
    cookies: Vec<(String, String)>,
}

impl<'r> Browser<'r> {
    fn new(regie: &'r Regie) -> Self {
        Self { regie, cookies: Vec::new() }
    }

    async fn send(&mut self, method: Method, url: &str) -> Answer {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.regie.http.request(method.clone(), url);
        if url.starts_with(&self.regie.url) {
            request = request.header(header::COOKIE, cookies.join("; "));
            if method != Method::GET {
                request = request.header(header::ORIGIN, &self.regie.url);
            }
        }
        let answer = Regie::answer(request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let (name, value) = line.to_str().unwrap().split_once('=').unwrap();
            let value = value.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        answer
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, &format!("{}{path}", self.regie.url)).await
    }

    /// To the provider, and as far back as its redirect.
    async fn leave(&mut self, query: &str) -> String {
        let to = self.get(&format!("/api/auth/twitch{query}")).await;
        assert_eq!(to.status, 302, "{}", to.text);
        let back = self.send(Method::GET, to.headers["location"].to_str().unwrap()).await;
        assert_eq!(back.status, 303, "{}", back.text);
        back.headers["location"].to_str().unwrap().to_owned()
    }

    async fn sign_in(&mut self) -> Answer {
        let back = self.leave("?next=/race/one").await;
        self.send(Method::GET, &back).await
    }
}

#[tokio::test]
async fn somebody_new_gets_an_account_and_the_same_one_the_next_time() {
    let provider = Provider::start().await;
    let regie = provider.regie().await;
    provider.is("41", "ada_l", "Ada_L");
    assert_eq!(regie.get("/api/auth/providers").await.json(), json!({"twitch": true}));
    let mut browser = Browser::new(&regie);
    let came = browser.sign_in().await;
    assert_eq!(
        (came.status.as_u16(), &came.headers["location"]),
        (303, &"/race/one".parse().unwrap()),
        "{}",
        came.text
    );
    let me = browser.get("/api/auth/me").await.json();
    assert_eq!(
        (&me["name"], &me["role"], &me["twitch_id"]),
        (&json!("Ada_L"), &json!("viewer"), &json!("41"))
    );
    assert_eq!(me["avatar_url"], "https://pictures.example/a.png");
    // Under a new name on Twitch it is still the same account.
    provider.is("41", "countess", "Countess");
    let mut other = Browser::new(&regie);
    other.sign_in().await;
    let again = other.get("/api/auth/me").await.json();
    assert_eq!(
        (&again["id"], &again["name"], &again["twitch_name"]),
        (&me["id"], &me["name"], &json!("countess"))
    );
    assert_eq!(provider.world.lock().unwrap().faults, [""; 0]);
}

#[tokio::test]
async fn a_name_that_is_taken_here_is_given_to_nobody_else() {
    let provider = Provider::start().await;
    let regie = provider.regie().await;
    regie.user("Ada", "admin").await;
    provider.is("42", "ada", "Ada");
    let mut browser = Browser::new(&regie);
    browser.sign_in().await;
    let me = browser.get("/api/auth/me").await.json();
    assert_eq!((&me["name"], &me["role"]), (&json!("ada-2"), &json!("viewer")));
}

#[tokio::test]
async fn an_account_is_linked_and_unlinked_by_its_owner_and_to_one_only() {
    let provider = Provider::start().await;
    let regie = provider.regie().await;
    regie.user("Ada", "editor").await;
    provider.is("43", "ada", "Ada");
    let mut browser = Browser::new(&regie);
    let login = regie.http.post(format!("{}/api/auth/login", regie.url)).header("origin", &regie.url);
    let login = Regie::answer(login.json(&json!({"name": "Ada", "password": "correct horse battery"}))).await;
    let session = login.headers["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    browser.cookies.push(("regie_session".into(), session));
    let back = browser.leave("?link=1&next=/app/settings").await;
    let came = browser.send(Method::GET, &back).await;
    assert_eq!(came.headers["location"], "/app/settings", "{}", came.text);
    let me = browser.get("/api/auth/me").await.json();
    assert_eq!((&me["name"], &me["twitch_name"]), (&json!("Ada"), &json!("ada")));

    // From now on Twitch leads to it; nobody else can link the same.
    let mut other = Browser::new(&regie);
    other.sign_in().await;
    assert_eq!(other.get("/api/auth/me").await.json()["id"], me["id"]);
    provider.is("44", "bob", "Bob");
    let mut bob = Browser::new(&regie);
    bob.sign_in().await;
    provider.is("43", "ada", "Ada");
    let back = bob.leave("?link=1").await;
    assert_eq!(bob.send(Method::GET, &back).await.status, 409);
    // Bob has no password: unlinked, nobody could sign in to his account.
    let unlink = format!("{}/api/auth/unlink/twitch", regie.url);
    assert_eq!(bob.send(Method::POST, &unlink).await.status, 409);
    let unlinked = browser.send(Method::POST, &unlink).await;
    assert_eq!(
        (unlinked.status.as_u16(), unlinked.json().get("twitch_id")),
        (200, None),
        "{}",
        unlinked.text
    );
}

#[tokio::test]
async fn states_that_are_replayed_foreign_or_made_up_lead_nowhere() {
    let provider = Provider::start().await;
    let regie = provider.regie().await;
    provider.is("45", "ada", "Ada");
    let mut browser = Browser::new(&regie);
    let back = browser.leave("").await;
    let mut stranger = Browser::new(&regie);
    let refused = stranger.send(Method::GET, &back).await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (400, "bad_state"), "another browser's");
    let refused = browser.send(Method::GET, &back).await;
    assert_eq!(refused.code(), "bad_state", "who tried it has used it up");
    browser.sign_in().await;
    let made_up = format!("{}/api/auth/callback?code=x&state=0123456789", regie.url);
    assert_eq!(browser.send(Method::GET, &made_up).await.code(), "bad_state");
    let none = format!("{}/api/auth/callback", regie.url);
    assert_eq!(browser.send(Method::GET, &none).await.code(), "bad_state");
}

#[tokio::test]
async fn a_refusal_on_twitch_and_a_provider_that_fails_are_told_apart_and_people_read_of_it_on_a_page() {
    let provider = Provider::start().await;
    let regie = provider.regie().await;
    provider.is("46", "ada", "Ada");
    provider.world.lock().unwrap().refuses = true;
    let mut browser = Browser::new(&regie);
    assert_eq!(browser.sign_in().await.code(), "denied");
    let back = browser.leave("").await;
    let page = regie.http.get(&back).header(header::ACCEPT, "text/html,*/*");
    let cookie = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    let page = Regie::answer(page.header(header::COOKIE, cookie.join("; "))).await;
    assert_eq!(page.headers["location"], "/app/login?error=denied");
    provider.world.lock().unwrap().refuses = false;
    let back = browser.leave("").await;
    // The code is replaced on its way.
    let forged = back.replace("code=code-", "code=forged-");
    let failed = browser.send(Method::GET, &forged).await;
    assert_eq!((failed.status.as_u16(), failed.code().as_str()), (503, "provider"));
    for secret in ["forged-", crate::provider::SECRET] {
        assert!(!failed.text.contains(secret) && !regie.log().contains(secret), "{secret} is told");
    }
    for next in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let refused = browser.get(&format!("/api/auth/twitch?next={next}")).await;
        assert_eq!(
            (refused.status.as_u16(), refused.json()["error"]["path"].as_str()),
            (400, Some("next")),
            "{next}"
        );
    }
}

#[tokio::test]
async fn without_an_application_there_is_no_such_sign_in_and_it_says_what_to_set() {
    let regie = Regie::with(&[]).await;
    assert_eq!(regie.get("/api/auth/providers").await.json(), json!({"twitch": false}));
    let refused = regie.get("/api/auth/twitch").await;
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (503, "not_configured"));
    assert!(refused.text.contains("twitch.client_id"), "{}", refused.text);
}
