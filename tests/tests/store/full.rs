//! A disk of 3 MiB that fills up: refused with `disk_full`, nothing changed, and on it goes when there is room.

use std::process::Command;

use regie_tests::{Regie, SmallDisk};
use serde_json::json;

#[tokio::test]
async fn a_full_disk_refuses_clearly_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("instance");
    regie_tests::copy(&regie_tests::package("tracker-probe"), &instance.join("plugins/tracker-probe"));
    let disk = SmallDisk::mount(&instance.join("db"), "3m");
    let mut regie = Regie::on(instance.clone(), &[]);
    regie.start().await;
    regie.restream("a", "tracker-probe", &["Alice"]).await;
    let mut good = 0;
    let refused = loop {
        // Random digits hardly compress: the disk fills quickly.
        let answer = regie.act("a", json!({"do": "text", "text": regie_core::random_hex(20_000)})).await;
        if answer.status != 200 {
            break answer;
        }
        let count = regie.act("a", json!({"do": "count"})).await;
        if count.status != 200 {
            break count;
        }
        good += 1;
        assert!(good < 20_000, "the disk never fills");
    };
    assert_eq!((refused.status.as_u16(), refused.code().as_str()), (507, "disk_full"), "{}", refused.text);
    assert!(
        regie.get("/a/overlay").await.text.contains(&format!(r#"<span class="n">{good}</span>"#)),
        "reading goes on"
    );
    assert_eq!(regie.get("/readyz").await.status, 503);
    let more = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk.0).status().unwrap();
    assert!(more.success());
    let again = regie.act("a", json!({"do": "count"})).await;
    assert_eq!(again.status, 200, "{}", again.text);
    regie.kill();
    regie.start().await;
    assert!(regie.get("/a/overlay").await.text.contains(&format!(r#"<span class="n">{}</span>"#, good + 1)));
}
