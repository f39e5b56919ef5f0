//! Packages that must not load, and what their author is told.

use std::{fs, io::Write, path::Path};

use regie_tests::{Regie, TOKEN, package};
use serde_json::Value;
use zip::{ZipWriter, write::SimpleFileOptions};

fn zip(to: &Path, files: &[(&str, Vec<u8>)]) {
    let mut zip = ZipWriter::new(fs::File::create(to).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

fn probe(manifest: impl Fn(String) -> String) -> Vec<(&'static str, Vec<u8>)> {
    let folder = package("tracker-probe");
    let text = fs::read_to_string(folder.join("plugin.toml")).unwrap();
    vec![
        ("plugin.toml", manifest(text).into_bytes()),
        ("plugin.wasm", fs::read(folder.join("plugin.wasm")).unwrap()),
        ("assets/probe.css", fs::read(folder.join("assets/probe.css")).unwrap()),
    ]
}

async fn failed(regie: &Regie, reason: &str) -> String {
    let all = regie
        .until("/api/plugins", |all| {
            all.as_array().is_some_and(|all| all.iter().any(|p| p["error"].to_string().contains(reason)))
        })
        .await;
    let one = all.as_array().unwrap().iter().find(|p| p["error"].to_string().contains(reason)).unwrap();
    one["error"].to_string()
}

#[tokio::test]
async fn a_zip_that_climbs_out_of_its_folder_is_refused() {
    let regie = Regie::with(&[]).await;
    let mut files = probe(|m| m);
    files.push(("assets/../../../climbed.txt", b"out".to_vec()));
    zip(&regie.instance.join("plugins/climber.zip"), &files);
    failed(&regie, "..").await;
    assert!(
        !regie.instance.join("climbed.txt").exists()
            && !regie.instance.parent().unwrap().join("climbed.txt").exists()
    );
}

#[tokio::test]
async fn a_zip_bomb_is_refused() {
    let regie = Regie::with(&[]).await;
    let mut files = probe(|m| m);
    files.push(("assets/zeros.png", vec![0; 40 << 20]));
    zip(&regie.instance.join("plugins/bomb.zip"), &files);
    let reason = failed(&regie, "").await;
    assert!(reason.len() > 10, "{reason}");
    assert!(regie.get("/api/trackers").await.json().as_array().unwrap().len() == 1);
}

#[tokio::test]
async fn a_zip_that_is_still_being_copied_loads_once_it_is_whole() {
    let regie = Regie::with(&[]).await;
    let whole = regie.instance.join("whole.zip");
    zip(&whole, &probe(|m| m));
    let bytes = fs::read(&whole).unwrap();
    let target = regie.instance.join("plugins/probe.zip");
    fs::write(&target, &bytes[..bytes.len() / 2]).unwrap();
    regie
        .until("/api/plugins", |all| {
            all.as_array().is_some_and(|all| all.iter().any(|p| p["state"] == "failed"))
        })
        .await;
    fs::write(&target, &bytes).unwrap();
    regie
        .until("/api/plugins", |all| {
            all.as_array().is_some_and(|all| all.iter().any(|p| p["state"] == "ready"))
        })
        .await;
}

#[tokio::test]
async fn wrong_manifests_are_explained_in_the_authors_terms() {
    let regie = Regie::with(&[]).await;
    for (name, from, to, words) in [
        ("api", "api = \"1.0\"", "api = \"2.0\"", "2.0"),
        ("kind", "kind = \"tracker\"", "kind = \"toaster\"", "toaster"),
        ("field", "license =", "licence =", "licence"),
        ("css", "probe.css", "absent.css", "absent.css"),
    ] {
        zip(&regie.instance.join(format!("plugins/{name}.zip")), &probe(|m| m.replace(from, to)));
        let reason = failed(&regie, words).await;
        assert!(reason.contains(words), "{reason}");
        fs::remove_file(regie.instance.join(format!("plugins/{name}.zip"))).unwrap();
    }
}

#[tokio::test]
async fn css_that_escapes_is_refused_with_its_line() {
    let regie = Regie::with(&[]).await;
    for (name, css) in [
        ("fixed", ".a{}\n.b{position:fixed}"),
        ("foreign", "\n.a{background:url(https://evil.example/x.png)}"),
        ("custom", ".a{--x:url(https://evil.example/x.png)}"),
        ("import", "@import url(https://evil.example/x.css);"),
    ] {
        let mut files = probe(|m| m);
        files[2].1 = css.as_bytes().to_vec();
        zip(&regie.instance.join(format!("plugins/{name}.zip")), &files);
        failed(&regie, "probe.css").await;
        fs::remove_file(regie.instance.join(format!("plugins/{name}.zip"))).unwrap();
    }
}

#[tokio::test]
async fn an_uploaded_package_passes_the_same_checks() {
    let regie = Regie::with(&[]).await;
    let good = regie.instance.join("good.zip");
    zip(&good, &probe(|m| m));
    let send = |token: Option<&'static str>, bytes: Vec<u8>| {
        let mut request = regie.http.post(format!("{}/api/plugins", regie.url)).body(bytes);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Regie::answer(request)
    };
    assert_eq!(send(None, fs::read(&good).unwrap()).await.status, 401);
    let made = send(Some(TOKEN), fs::read(&good).unwrap()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.json()["id"], "tracker-probe");
    let bad = send(Some(TOKEN), b"no zip".to_vec()).await;
    assert_eq!(bad.status, 400, "{}", bad.text);
    let keys: Vec<Value> = regie
        .get("/api/trackers")
        .await
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["key"].clone())
        .collect();
    assert_eq!(keys, ["none", "tracker-probe"]);
}

#[test]
fn a_check_names_a_picture_that_is_not_in_the_package() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("tracker-ssr");
    regie_tests::copy(&package("tracker-ssr"), &copy);
    let check =
        || std::process::Command::new(Regie::binary()).args(["plugin", "check"]).arg(&copy).output().unwrap();
    let good = check();
    assert!(good.status.success(), "{}", String::from_utf8_lossy(&good.stdout));
    fs::remove_file(copy.join("assets/icons.png")).unwrap();
    let bad = check();
    let said = String::from_utf8_lossy(&bad.stdout).into_owned();
    assert_eq!(bad.status.code(), Some(1), "{said}");
    assert!(said.contains("there is no assets/icons.png in the package"), "{said}");
}
