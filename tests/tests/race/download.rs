//! Players' packs, downloaded as players do it.

use std::{
    fs,
    io::{Cursor, Read},
};

use regie_tests::Regie;
use reqwest::StatusCode;
use serde_json::json;

use crate::pools::{document, instance, put};

async fn download(regie: &Regie, url: &str) -> zip::ZipArchive<Cursor<Vec<u8>>> {
    let answer = regie.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK, "{url}");
    zip::ZipArchive::new(Cursor::new(answer.bytes().await.unwrap().to_vec())).unwrap()
}

fn text(zip: &mut zip::ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    zip.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}")).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn each_player_gets_their_own_pack_once_released_and_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let mut regie = instance(folder.path(), "");
    let seed = put(&regie.instance, 1, &document(1));
    fs::write(seed.join("my_race.toml"), "# keep me\n[server]\nurl = \"\"\n[overlay]\nfont_size = 20\n")
        .unwrap();
    fs::write(seed.join("spoiler_log.txt"), "secret").unwrap();
    fs::write(seed.join("mod.dll"), vec![7; 3 << 20]).unwrap();
    regie.start().await;
    let race = regie.post("/api/races", json!({"name": "Sunday Été", "pool": "sprint"})).await;
    assert_eq!(race.status, StatusCode::CREATED, "{}", race.text);
    let id = race.json()["id"].as_str().unwrap().to_owned();
    for name in ["ada", "bob"] {
        regie.user(name, "viewer").await;
        let added = regie.post(&format!("/api/races/{id}/participants"), json!({"name": name})).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.text);
    }
    let released = regie.post(&format!("/api/races/{id}/generate-zips"), json!({})).await;
    assert_eq!(released.status, StatusCode::OK, "{}", released.text);
    let packs = released.json()["packs"].clone();
    let url = |at: usize| {
        let url = packs[at]["url"].as_str().unwrap();
        format!("{}{}", regie.url, &url[url.find("/api/").unwrap()..])
    };
    let mut tokens = Vec::new();
    for at in 0..2 {
        let mut zip = download(&regie, &url(at)).await;
        let names: Vec<_> =
            (0..zip.len()).map(|n| zip.by_index(n).unwrap().name().unwrap().into_owned()).collect();
        assert_eq!(names, ["my_race.toml", "mod.dll"]);
        let settings = text(&mut zip, "my_race.toml");
        assert!(settings.contains("# keep me") && settings.contains("font_size = 20"), "{settings}");
        let table: toml::Table = settings.parse().unwrap();
        assert_eq!(table["server"]["race_id"].as_str(), Some(&*id));
        assert_eq!(table["server"]["url"].as_str(), Some(&*regie.url.replace("http://", "ws://")));
        tokens.push(table["server"]["mod_token"].as_str().unwrap().to_owned());
    }
    assert_ne!(tokens[0], tokens[1]);

    let head = regie.http.head(url(0)).send().await.unwrap();
    assert_eq!(
        (head.status(), &head.headers()["content-type"]),
        (StatusCode::OK, &"application/zip".parse().unwrap())
    );
    let named = head.headers()["content-disposition"].to_str().unwrap();
    assert!(named.contains("filename*=UTF-8''Sunday-%C3%89t%C3%A9-"), "{named}");
    assert_eq!(head.bytes().await.unwrap().len(), 0);

    let other = regie.post("/api/races", json!({"name": "Other", "mode": "race-dag"})).await.json();
    let elsewhere = url(0).replace(&id, other["id"].as_str().unwrap());
    for wrong in [format!("{}x", url(0)), elsewhere, format!("{}/api/races/{id}/download/1.1.x", regie.url)] {
        assert_eq!(regie.http.get(&wrong).send().await.unwrap().status(), StatusCode::NOT_FOUND, "{wrong}");
    }
    assert_eq!(
        regie
            .http
            .get(format!("{}/api/races/{id}/download/{}", regie.url, tokens[0]))
            .send()
            .await
            .unwrap()
            .status(),
        StatusCode::NOT_FOUND,
        "what a game signs in with downloads nothing"
    );
    let renewed =
        format!("/api/races/{id}/participants/{}/new-token", packs[0]["participant_id"].as_str().unwrap());
    let renewed = regie.post(&renewed, json!({})).await;
    assert!(renewed.status.is_success(), "{}", renewed.text);
    let revoked = Regie::answer(regie.http.get(url(0))).await;
    assert_eq!((revoked.status, revoked.code().as_str()), (StatusCode::FORBIDDEN, "revoked"));
    assert_eq!(
        regie.http.get(url(1)).send().await.unwrap().status(),
        StatusCode::OK,
        "the other's is as it was"
    );
    let log = regie.log();
    assert!(!tokens.iter().any(|token| log.contains(token)), "tokens are in the log");
}

#[tokio::test]
async fn a_race_without_a_pool_has_packs_of_the_settings_alone() {
    let regie = Regie::with(&["race-dag"]).await;
    let race = regie.post("/api/races", json!({"name": "Quick", "mode": "race-dag"})).await;
    let id = race.json()["id"].as_str().unwrap().to_owned();
    regie.user("ada", "viewer").await;
    regie.post(&format!("/api/races/{id}/participants"), json!({"name": "ada"})).await;
    let released = regie.post(&format!("/api/races/{id}/generate-zips"), json!({})).await.json();
    let url = released["packs"][0]["url"].as_str().unwrap();
    let path = url[url.find("/api/").unwrap()..].to_owned();
    let mut zip = download(&regie, &format!("{}{path}", regie.url)).await;
    assert_eq!(zip.len(), 1);
    let settings: toml::Table = text(&mut zip, "regie_race.toml").parse().unwrap();
    for (table, key) in [("server", "mod_token"), ("overlay", "font_size"), ("keybindings", "toggle_ui")] {
        assert!(settings[table].get(key).is_some(), "{settings:?}");
    }
}
