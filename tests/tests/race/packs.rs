use regie_tests::Regie;
use serde_json::{Value, json};

use crate::support::{Room, of};

fn link(packs: &Value, name: &str) -> String {
    let list = packs["packs"].as_array().unwrap();
    list.iter().find(|p| p["name"] == name).unwrap()["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn packs_are_released_to_those_who_take_part() {
    let room = Room::draft(json!({})).await;
    assert_eq!(room.post("org", "generate-zips", json!({})).await.code(), "no_participants");
    let room = Room::open(json!({})).await;
    assert!(of(&room.see("ada").await, "ada").get("url").is_none(), "not yet");
    let released = room.post("org", "generate-zips", json!({})).await;
    assert_eq!(released.status, 200, "{}", released.text);
    let (ada, ben) = (link(&released.json(), "ada"), link(&released.json(), "ben"));
    assert_ne!(ada, ben);
    let seen = |race: &Value, name: &str| of(race, name).get("url").cloned();
    assert_eq!(seen(&room.see("org").await, "ben"), Some(json!(ben)));
    assert_eq!(seen(&room.see("ada").await, "ada"), Some(json!(ada)));
    assert_eq!(seen(&room.see("ada").await, "ben"), None, "each has their own");
    assert_eq!(seen(&room.see("cas").await, "ada"), None);
    let pack = Regie::answer(room.regie.http.get(&ada)).await;
    assert_eq!(
        (pack.status.as_u16(), &pack.headers["content-type"]),
        (200, &"application/zip".parse().unwrap())
    );
}

#[tokio::test]
async fn a_new_token_voids_the_old_pack() {
    let room = Room::open(json!({})).await;
    let released = room.post("org", "generate-zips", json!({})).await.json();
    let ada = room.pid("ada").await;
    let race = room.ok("ada", &format!("participants/{ada}/new-token")).await;
    let new = of(&race, "ada")["url"].as_str().unwrap().to_owned();
    assert_eq!(Regie::answer(room.regie.http.get(link(&released, "ada"))).await.status, 403);
    assert_eq!(Regie::answer(room.regie.http.get(&new)).await.status, 200);
    assert_eq!(Regie::answer(room.regie.http.get(link(&released, "ben"))).await.status, 200);
    room.ok("org", "reroll-seed").await;
    assert_eq!(Regie::answer(room.regie.http.get(&new)).await.status, 403, "it is of another seed");
}
