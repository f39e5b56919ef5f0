use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use futures::StreamExt;

use super::*;
use crate::packs::{PackFor, pack};

fn whose() -> PackFor {
    PackFor {
        race_id: "race-1".into(),
        race_name: "Sunday Showdown".into(),
        player_name: "Ada".into(),
        url: "https://race.example".into(),
        mod_token: "the-token".into(),
    }
}

impl Bench {
    async fn pack(&self, seed: Option<&super::super::Seed>) -> BTreeMap<String, (Vec<u8>, u32)> {
        let pack = pack(&self.pools, seed, &whose()).await.unwrap();
        assert_eq!(pack.name, "Sunday-Showdown-Ada.zip");
        let mut stream = Box::pin(pack.stream());
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut found = BTreeMap::new();
        for at in 0..zip.len() {
            let mut file = zip.by_index(at).unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            found.insert(
                file.name().unwrap().into_owned(),
                (text, file.unix_mode().unwrap_or_default() & 0o777),
            );
        }
        found
    }
}

#[tokio::test]
async fn a_pack_has_the_seeds_files_the_players_settings_and_nothing_that_spoils() {
    let bench = Bench::with("[pack]\nexclude = [\"*.log\"]\nlauncher = \"launch.bat\"\n").await;
    bench.put("seed_1", r#"{"seed":1}"#);
    let seed = bench.available().join("seed_1");
    fs::create_dir_all(seed.join("mod/deep")).unwrap();
    let big: Vec<u8> = (0..300_000_u32).flat_map(|n| n.to_le_bytes()).collect();
    let settings = "# yours\n[server]\nurl = \"\" # where\n[overlay]\nfont_size = 20\n";
    for (path, bytes) in [
        ("launch.bat", &b"@echo"[..]),
        ("mod/deep/game.dll", &big),
        ("my_race.toml", settings.as_bytes()),
        ("spoiler_log.txt", b"s"),
        ("mod/Spoilers.json", b"s"),
        ("made.log", b"s"),
        ("empty.txt", b""),
    ] {
        fs::write(seed.join(path), bytes).unwrap();
    }
    std::os::unix::fs::symlink("/etc/hostname", seed.join("mod/host")).unwrap();
    bench.pools.scan().await.unwrap();
    let seed = bench.pools.take("sprint", "race-1").await.unwrap();
    // Wherever the folder is by now.
    bench.pools.confirm(&seed.id, "race-1").await.unwrap();
    let files = bench.pack(Some(&seed)).await;
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["empty.txt", "launch.bat", "mod/deep/game.dll", "my_race.toml"]);
    assert_eq!((files["launch.bat"].1, files["mod/deep/game.dll"].1), (0o755, 0o644));
    assert!(files["mod/deep/game.dll"].0 == big);
    let text = String::from_utf8(files["my_race.toml"].0.clone()).unwrap();
    for line in
        ["# yours", "url = \"wss://race.example\" # where", "mod_token = \"the-token\"", "font_size = 20"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[tokio::test]
async fn a_race_without_a_pool_has_a_pack_of_the_settings_alone() {
    let bench = Bench::new().await;
    let files = bench.pack(None).await;
    let text = String::from_utf8(files["regie_race.toml"].0.clone()).unwrap();
    assert!(
        files.len() == 1 && text.contains("race_id = \"race-1\"") && text.contains("[keybindings]"),
        "{text}"
    );
}

#[tokio::test]
async fn a_pack_that_nobody_takes_any_more_ends_and_frees_its_place() {
    let bench = Bench::filled(&[1]).await;
    fs::write(bench.available().join("seed_1/big.bin"), vec![7; 8 << 20]).unwrap();
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    let all = bench.pools.downloads.available_permits();
    let mut stream = Box::pin(pack(&bench.pools, Some(&seed), &whose()).await.unwrap().stream());
    assert!(stream.next().await.unwrap().is_ok());
    assert_eq!(bench.pools.downloads.available_permits(), all - 1);
    drop(stream);
    let free = bench.pools.downloads.clone().acquire_many_owned(u32::try_from(all).unwrap());
    assert!(tokio::time::timeout(Duration::from_secs(20), free).await.is_ok());
}

#[tokio::test]
async fn too_many_packs_at_once_are_refused_and_files_that_are_gone_are_said_to_be() {
    let bench = Bench::filled(&[1]).await;
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    let held = bench.pools.downloads.clone().acquire_many_owned(64).await.unwrap();
    let refused = pack(&bench.pools, Some(&seed), &whose()).await.err().unwrap();
    assert_eq!(refused.kind, regie_core::ErrorKind::RateLimited);
    drop(held);
    fs::remove_dir_all(bench.available().join("seed_1")).unwrap();
    let gone = pack(&bench.pools, Some(&seed), &whose()).await.err().unwrap();
    assert_eq!(gone.kind, regie_core::ErrorKind::NotFound);
}
