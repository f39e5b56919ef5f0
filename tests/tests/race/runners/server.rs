//! A server whose pools hold the courses, and whose users are the runners.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use regie_tests::Regie;
use serde_json::{Value, json};

use super::{
    course::{Course, Dialect, From, strip},
    ride::{MODE, RUNNERS},
};

/// Started, with one seed in every pool.
pub async fn instance(folder: &Path, courses: &[Course]) -> Regie {
    let mut regie = Regie::on(folder.join("instance"), &[]);
    regie_tests::copy(&regie_tests::package(MODE), &regie.instance.join("plugins").join(MODE));
    let seeds = regie.instance.join("seeds");
    for course in courses {
        course.lay_out(&seeds);
    }
    let pools: String = courses.iter().map(|course| format!("[{}]\n", course.pool)).collect();
    fs::write(seeds.join("pools.toml"), pools).unwrap();
    regie.start().await;
    for course in courses {
        if let From::Made { flags, .. } = course.from {
            make(&regie, course, flags).await;
        }
    }
    for n in 0..RUNNERS {
        regie.user(&format!("runner{n}"), "viewer").await;
    }
    regie.post("/api/admin/seeds/scan", json!({})).await;
    let waits = |seeds: &Value| {
        seeds["pools"].as_array().is_some_and(|pools| pools.iter().all(|pool| pool["available"] == 1))
    };
    regie.until("/api/admin/seeds", waits).await;
    regie
}

async fn make(regie: &Regie, course: &Course, flags: bool) {
    let made = regie.post(&format!("/api/admin/pools/{}/generate", course.pool), json!({"count": 1})).await;
    assert_eq!(made.status, 202, "{}", made.text);
    let is_there = |seeds: &Value| {
        let pools = seeds["pools"].as_array().into_iter().flatten();
        pools.into_iter().any(|pool| pool["name"] == course.pool.as_str() && pool["available"] == 1)
    };
    regie.until("/api/admin/seeds", is_there).await;
    if !flags {
        let path = course.document(&regie.instance.join("seeds"));
        let mut document: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        strip(&mut document);
        // Under a number of its own: a folder that is known is not read again.
        let old = path.parent().unwrap().to_owned();
        fs::write(&path, document.to_string()).unwrap();
        fs::rename(&old, old.with_file_name("seed_77")).unwrap();
    }
}

/// Seeds of a game's own generator, where this machine has some: `shared/data/race` beside the project or above it, or in
/// `REGIE_SHARED`.
pub fn shared() -> Vec<Course> {
    let named = env::var_os("REGIE_SHARED").map(PathBuf::from);
    let above = regie_tests::root();
    let places = named.into_iter().chain(above.ancestors().skip(1).map(|up| up.join("shared")));
    let Some(folder) = places.map(|shared| shared.join("data/race")).find(|folder| folder.is_dir()) else {
        return Vec::new();
    };
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let dialects = [Dialect::Public, Dialect::Source];
    files
        .into_iter()
        .zip(dialects.into_iter().cycle())
        .map(|(path, dialect)| Course::file(path, dialect))
        .collect()
}
