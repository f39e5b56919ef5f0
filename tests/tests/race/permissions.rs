use regie_tests::Link;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Room;

const PEOPLE: [&str; 6] = ["nobody", "eve", "ada", "cas", "org", "admin"];

/// Statuses for: nobody, somebody, a participant, a caster, the organizer, an admin (who is no user).
type Row<'a> = (Method, &'a str, Option<Value>, [u16; 6]);

async fn check(room: &Room, rows: &[Row<'_>]) {
    for (method, path, body, expected) in rows {
        let path = path.replace("{id}", &room.id);
        for (who, expected) in PEOPLE.iter().zip(expected) {
            let answer = room.call(who, method.clone(), &path, body.clone()).await;
            assert_eq!(answer.status, *expected, "{who} {method} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn each_may_do_what_the_table_says() {
    let room = Room::open(json!({})).await;
    let ben = room.pid("ben").await;
    let of_ben = |verb: &str| format!("/api/races/{{id}}/participants/{ben}{verb}");
    let (renew, abandon) = (of_ben("/new-token"), of_ben("/abandon"));
    let (disqualify, undo) = (of_ben("/disqualify"), of_ben("/undo"));
    let post = Method::POST;
    // Where the rights are there, the race's status refuses: nothing changes for the next in the row.
    check(
        &room,
        &[
            (Method::GET, "/api/races", None, [200; 6]),
            (Method::GET, "/api/races/{id}", None, [200; 6]),
            (Method::GET, "/api/races/none", None, [404; 6]),
            (Method::GET, "/api/race-modes", None, [200; 6]),
            (Method::GET, "/api/users/ada", None, [200; 6]),
            (post.clone(), "/api/races", Some(json!({"name": ""})), [401, 400, 400, 400, 400, 400]),
            (Method::PATCH, "/api/races/{id}", Some(json!({})), [401, 403, 403, 403, 200, 200]),
            (post.clone(), "/api/races/{id}/open", None, [401, 403, 403, 403, 409, 409]),
            (post.clone(), "/api/races/{id}/start", None, [401, 403, 403, 403, 409, 409]),
            (Method::DELETE, "/api/races/{id}/start", None, [401, 403, 403, 403, 200, 200]),
            (post.clone(), "/api/races/{id}/reset", None, [401, 403, 403, 403, 409, 409]),
            (post.clone(), "/api/races/{id}/finish", None, [401, 403, 403, 403, 409, 409]),
            (post.clone(), "/api/races/{id}/reroll-seed", None, [401, 403, 403, 403, 200, 200]),
            (post.clone(), "/api/races/{id}/generate-zips", None, [401, 403, 403, 403, 200, 200]),
            (
                post.clone(),
                "/api/races/{id}/participants",
                Some(json!({"name": "ben"})),
                [401, 403, 403, 403, 409, 409],
            ),
            (
                post.clone(),
                "/api/races/{id}/casters",
                Some(json!({"name": "cas"})),
                [401, 403, 403, 403, 201, 201],
            ),
            (post.clone(), "/api/races/{id}/invites", None, [401, 403, 403, 403, 201, 201]),
            (Method::DELETE, "/api/races/{id}/invites/none", None, [401, 403, 403, 403, 404, 404]),
            (post.clone(), "/api/races/{id}/ready", None, [401, 403, 200, 403, 403, 403]),
            (post.clone(), "/api/races/{id}/begin", None, [401, 403, 409, 403, 403, 403]),
            (post.clone(), "/api/races/{id}/hud-key", None, [401, 403, 201, 403, 403, 403]),
            (
                post.clone(),
                "/api/races/{id}/overlay-key",
                Some(json!({"overlay": "map"})),
                [401, 403, 403, 201, 201, 201],
            ),
            (
                post.clone(),
                "/api/races/{id}/act",
                Some(json!({"action": {"type": "x"}})),
                [401, 403, 409, 403, 403, 403],
            ),
            (Method::GET, "/api/races/{id}/history", None, [401, 403, 403, 403, 200, 200]),
            (Method::GET, "/api/races/{id}/replay", None, [409; 6]),
            (post.clone(), &renew, None, [401, 403, 403, 403, 200, 200]),
            (post.clone(), &abandon, None, [401, 403, 403, 403, 409, 409]),
            (post.clone(), &disqualify, None, [401, 403, 403, 403, 409, 409]),
            (post.clone(), &undo, None, [401, 403, 403, 403, 409, 409]),
            (Method::GET, "/api/pools", None, [401, 200, 200, 200, 200, 200]),
            (Method::GET, "/api/admin/seeds", None, [401, 403, 403, 403, 403, 200]),
            (post.clone(), "/api/admin/seeds/scan", None, [401, 403, 403, 403, 403, 200]),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_changes_who_is_there_is_for_themselves_or_the_organizer() {
    let room = Room::open(json!({})).await;
    let (ada, ben) = (room.pid("ada").await, room.pid("ben").await);
    for (who, path, expected) in [
        ("nobody", "casters/cas".to_owned(), 401),
        ("ada", "casters/cas".to_owned(), 403),
        ("cas", "casters/cas".to_owned(), 204),
        ("org", "casters/cas".to_owned(), 404),
        ("nobody", format!("participants/{ben}"), 401),
        ("ada", format!("participants/{ben}"), 403),
        ("ben", format!("participants/{ben}"), 204),
        ("org", format!("participants/{ben}"), 404),
        ("admin", format!("participants/{ada}"), 204),
    ] {
        let answer = room.delete(who, &path).await;
        assert_eq!(answer.status, expected, "{who} {path}: {}", answer.text);
    }
    for (who, verb, expected) in [
        ("nobody", "join", 401),
        ("admin", "join", 400),
        ("eve", "join", 200),
        ("eve", "join", 409),
        ("ada", "leave", 403),
        ("eve", "leave", 200),
        ("ada", "reveal", 403),
        ("org", "reveal", 200),
        ("cas", "cancel", 403),
        ("org", "cancel", 200),
    ] {
        let answer = room.post(who, verb, json!({})).await;
        assert_eq!(answer.status, expected, "{who} {verb}: {}", answer.text);
    }
    for (who, expected) in [("nobody", 401), ("ada", 403), ("admin", 204)] {
        let answer = room.call(who, Method::DELETE, &format!("/api/races/{}", room.id), None).await;
        assert_eq!(answer.status, expected, "{who}: {}", answer.text);
    }
}

#[tokio::test]
async fn who_casts_no_more_is_shown_nothing_more_on_an_open_link() {
    let room = Room::open(json!({})).await;
    let mut link = Link::open(&room.regie.url, Some(room.token("cas"))).await;
    link.subscribe(&format!("race/{}/caster", room.id), json!({"as": "state"})).await;
    link.until(|frame| frame["state"]["id"] == room.id.as_str()).await;
    assert_eq!(room.delete("org", "casters/cas").await.status, 204);
    let told = link.until(|frame| frame["error"].is_object()).await;
    assert_eq!(told["error"]["code"], "not_found", "{told}");
}
