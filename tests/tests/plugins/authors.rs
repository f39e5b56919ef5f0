//! What authors of plugins have: `regie plugin new`, `build`, `dev` and `pack`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use regie_tests::{Regie, TOKEN, package, root};
use serde_json::Value;

const KINDS: [&str; 3] = ["tracker", "indices", "race"];

fn regie(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(Regie::binary()).args(arguments).current_dir(dir).output().expect("the binary is built")
}

fn succeeded(what: &str, output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{what}:\n{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// A new plugin in JavaScript, with the modules that `make setup` installed for the one of the house.
fn javascript(dir: &Path, kind: &str) -> PathBuf {
    let name = format!("my-{kind}");
    succeeded(kind, &regie(dir, &["plugin", "new", &name, "--kind", kind, "--lang", "js"]));
    let modules = root().join("plugins/tracker-counter-js/node_modules");
    std::os::unix::fs::symlink(modules, dir.join(&name).join("node_modules")).unwrap();
    dir.join(name)
}

#[test]
fn new_plugins_in_rust_pass_their_own_tests() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let name = format!("my-{kind}");
        succeeded(kind, &regie(folder.path(), &["plugin", "new", &name, "--kind", kind]));
        let dir = folder.path().join(name);
        // The versions that are here already.
        fs::copy(root().join("Cargo.lock"), dir.join("Cargo.lock")).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["test", "--offline", "--quiet"]).current_dir(&dir);
        cargo.env("CARGO_TARGET_DIR", root().join("target/templates"));
        succeeded(kind, &cargo.output().unwrap());
    }
}

#[test]
fn new_plugins_in_javascript_pass_their_own_tests_and_fit_their_types() {
    let folder = tempfile::tempdir().unwrap();
    for kind in KINDS {
        let dir = javascript(folder.path(), kind);
        succeeded(kind, &Command::new("node").arg("--test").current_dir(&dir).output().unwrap());
        let compiler = dir.join("node_modules/typescript/bin/tsc");
        succeeded(
            kind,
            &Command::new("node").arg(compiler).arg("--noEmit").current_dir(&dir).output().unwrap(),
        );
    }
}

#[test]
fn a_race_mode_in_javascript_becomes_a_package_that_passes() {
    let folder = tempfile::tempdir().unwrap();
    let dir = javascript(folder.path(), "race");
    succeeded("build", &regie(&dir, &["plugin", "build"]));
    succeeded("check", &regie(&dir, &["plugin", "check", "dist/my-race"]));
    // What the author is told where the manifest and the module disagree.
    let manifest = fs::read_to_string(dir.join("plugin.toml")).unwrap();
    fs::write(dir.join("plugin.toml"), manifest.replace("\"race\"", "\"tracker\"")).unwrap();
    let refused = regie(&dir, &["plugin", "build"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("kind race, and plugin.toml says tracker"), "{said}");
}

#[test]
fn a_package_is_packed_into_the_same_bytes_twice_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("tracker-ssr");
    regie_tests::copy(&package("tracker-ssr"), &copy);
    let pack = |out: &str| regie(folder.path(), &["plugin", "pack", "tracker-ssr", "--out", out]);
    let (first, second) = (pack("first"), pack("second"));
    let said = succeeded("pack", &first);
    assert!(said.contains("first/tracker-ssr-1.0.0.zip") && said.contains("<instance>/plugins/"), "{said}");
    succeeded("pack", &second);
    let bytes = |out: &str| fs::read(folder.path().join(out).join("tracker-ssr-1.0.0.zip")).unwrap();
    assert!(bytes("first") == bytes("second"));
    fs::write(copy.join("assets/tracker.css"), ".a{background:url(absent.png)}").unwrap();
    let refused = pack("third");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("no assets/absent.png"), "{said}");
    assert!(!folder.path().join("third").exists());
}

/// Ended when dropped.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn what_is_saved_while_dev_runs_goes_on_the_air_and_what_is_broken_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let dir = javascript(folder.path(), "tracker");
    let (ready, log) = (folder.path().join("ready.json"), folder.path().join("dev.log"));
    let dev = Command::new(Regie::binary())
        .args(["plugin", "dev", ".", "--listen", "127.0.0.1:0", "--ready-file"])
        .arg(&ready)
        .current_dir(&dir)
        .env("REGIE_BOOTSTRAP_TOKEN", TOKEN)
        .stdout(fs::File::create(&log).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _dev = Dev(dev);
    let mut server = Regie::on(folder.path().join("none"), &[]);
    let said = || fs::read_to_string(&log).unwrap_or_default();
    // A component of JavaScript takes seconds to build and to compile, and on a busy machine many.
    let until = async |what: &str, met: &mut dyn FnMut() -> bool| {
        for _ in 0..3_600 {
            if met() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what} did not come: {}", said());
    };
    until("the address", &mut || ready.exists()).await;
    let text = fs::read_to_string(&ready).unwrap_or_else(|error| panic!("{error}: {}", said()));
    let address: Value = serde_json::from_str(&text).unwrap();
    server.url = address["url"].as_str().unwrap().to_owned();
    let first = server.get("/api/plugins/my-tracker").await.json()["generation"].clone();
    assert_ne!(first, 0, "{}", said());

    let source = dir.join("src/plugin.js");
    let good = fs::read_to_string(&source).unwrap();
    fs::write(&source, good.replace("export default", "export default (")).unwrap();
    until("the compiler's error", &mut || said().contains("the version before stays")).await;
    assert!(said().contains("src/plugin.js:"), "{}", said());
    assert_eq!(server.get("/api/plugins/my-tracker").await.json()["generation"], first);

    fs::write(&source, good.replace("'Sword'", "'Blade'")).unwrap();
    until("the next version", &mut || said().contains("is on the air after")).await;
    let page = server.get("/dev/overlay?view=default").await;
    assert!(page.text.contains("Blade"), "{}\n{}", page.text, said());
}
