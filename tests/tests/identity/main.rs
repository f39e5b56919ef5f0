//! Signing in on the real binary.

mod provider;
mod twitch;

use std::process::Command;

use regie_tests::Regie;
use serde_json::json;

#[tokio::test]
async fn the_first_link_makes_one_administrator_once() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    let ready = folder.path().join("ready.json");
    std::fs::create_dir_all(&instance).unwrap();
    let out = std::fs::File::create(folder.path().join("out")).unwrap();
    let mut child = Command::new(Regie::binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--instance"])
        .arg(&instance)
        .arg("--ready-file")
        .arg(&ready)
        .env("REGIE_LOBBY_BROKER", "off")
        .stdout(out)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut regie = Regie::on(instance, &[]);
    let text = regie.wait("the ready file", || std::fs::read_to_string(&ready).ok()).await;
    regie.url = serde_json::from_str::<serde_json::Value>(&text).unwrap()["url"].as_str().unwrap().to_owned();
    let printed = std::fs::read_to_string(folder.path().join("out")).unwrap();
    let token = printed
        .split("token=")
        .nth(1)
        .unwrap_or_else(|| panic!("{printed}"))
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    let redeem = |token: String| {
        Regie::answer(
            regie
                .http
                .post(format!("{}/api/auth/first-admin", regie.url))
                .header("origin", &regie.url)
                .json(&json!({"token": token, "name": "Ada", "password": "a long enough one"})),
        )
    };
    assert!(redeem("wrong".into()).await.status.is_client_error());
    let made = redeem(token.clone()).await;
    assert_eq!((made.status.as_u16(), made.json()["role"].as_str()), (201, Some("admin")), "{}", made.text);
    let cookie = made.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(redeem(token).await.status.is_client_error(), "it works once");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down() {
    let regie = Regie::with(&[]).await;
    regie.user("ada", "editor").await;
    let mut last = 0;
    for _ in 0..15 {
        let guess = regie.http.post(format!("{}/api/auth/login", regie.url)).header("origin", &regie.url);
        last = Regie::answer(guess.json(&json!({"name": "ada", "password": "wrong guess"})))
            .await
            .status
            .as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn guessing_invitations_is_slowed_down_and_what_was_guessed_is_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = Regie::on(folder.path().join("instance"), &[("REGIE_LOG", "debug")]);
    regie.start().await;
    let mut seen = Vec::new();
    for n in 0..11 {
        let path = format!("/api/invites/guess-{n}");
        let answer = regie.call_as(None, reqwest::Method::GET, &path, None).await;
        seen.push((answer.status.as_u16(), answer.code()));
    }
    let refused = (404, "not_found".to_owned());
    assert_eq!(seen[..10], vec![refused; 10]);
    assert_eq!(seen[10], (429, "rate_limited".to_owned()));
    let log = regie.log();
    assert!(log.contains("/api/invites/") && !log.contains("guess-"), "{log}");
}

#[tokio::test]
async fn api_tokens_end_with_a_new_password_where_that_is_asked_for_and_stay_ended() {
    let mut regie = Regie::with(&[]).await;
    let token = regie.user("ada", "editor").await;
    let me = async |regie: &Regie| {
        regie.call_as(Some(&token), reqwest::Method::GET, "/api/auth/me", None).await.status.as_u16()
    };
    for (body, status) in [
        (json!({"password": "a long enough one"}), 200),
        (json!({"password": "a long enough one", "revoke_tokens": true}), 401),
    ] {
        let changed = regie.call(reqwest::Method::PATCH, "/api/users/ada", Some(body)).await;
        assert_eq!(changed.status.as_u16(), 200, "{}", changed.text);
        assert_eq!(me(&regie).await, status);
    }
    regie.kill();
    regie.start().await;
    assert_eq!(me(&regie).await, 401);
}
