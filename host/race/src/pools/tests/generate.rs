use regie_core::Actor;

use super::*;
use crate::pools::{JobState, Maker, Progress};

const GOOD: &str = r#"
[generator]
command = ["sh", "-c", "test -f \"$0\" && mkdir \"$1/7$(date +%N)\" && cd \"$1\"/7* && echo \"{\\\"seed\\\":1}\" > graph.json", "{config}", "{out}"]
"#;

impl Bench {
    async fn generated(&self, count: u32) -> Progress {
        let job = self.pools.generate("sprint", count, &Actor::anonymous()).await.unwrap();
        self.ended(&job).await
    }

    async fn ended(&self, job: &str) -> Progress {
        let ended =
            || self.pools.progress().into_iter().find(|p| p.job == job && p.state != JobState::Running);
        tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                match ended() {
                    Some(progress) => return progress,
                    None => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        })
        .await
        .expect("it ends")
    }

    fn files(&self) {
        fs::create_dir_all(self.seeds.join("sprint/files/mod")).unwrap();
        fs::write(self.seeds.join("sprint/files/my_race.toml"), "[server]\nurl = \"\"\n").unwrap();
        fs::write(self.seeds.join("sprint/files/mod/game.dll"), "MZ").unwrap();
    }

    /// Nothing but the lock is left of what was made aside.
    fn is_tidy(&self) -> bool {
        fs::read_dir(self.seeds.join("sprint/.generating")).unwrap().count() == 1
    }
}

#[tokio::test]
async fn a_command_fills_the_pool_and_the_pools_files_are_laid_over() {
    let bench = Bench::with(GOOD).await;
    bench.files();
    assert_eq!(bench.pools.list()[0].can_generate, Some(Maker::Command));
    let progress = bench.generated(2).await;
    assert_eq!((progress.done, progress.failed, progress.state), (2, 0, JobState::Done), "{progress:?}");
    assert_eq!((bench.counts().0, bench.is_tidy()), (2, true));
    let seed = fs::read_dir(bench.available()).unwrap().next().unwrap().unwrap().path();
    assert!(seed.join("mod/game.dll").exists() && seed.join("my_race.toml").exists(), "{seed:?}");
}

#[tokio::test]
async fn a_generator_that_fails_leaves_nothing_and_its_last_words_are_told() {
    let say = |document: &str| format!("printf '%s' '{document}' > graph.json");
    for (script, said) in [
        ("echo no maze today >&2; exit 3", "no maze today"),
        ("kill -9 $$", "signal: 9"),
        ("true", "left no `graph.json`"),
        (&say("{"), "not JSON"),
        (&say(r#"{"seed":1,"cycle":1}"#), "leads back"),
        ("for n in 1 2; do mkdir $n; echo 1 > $n/graph.json; done", "more than one"),
    ] {
        let bench = Bench::with("").await;
        bench.files();
        fs::write(bench.seeds.join("sprint/generator"), format!("cd $1\n{script}\n")).unwrap();
        let config = "[generator]\ncommand = [\"sh\", \"generator\", \"{out}\"]\n";
        fs::write(bench.seeds.join("sprint/config.toml"), config).unwrap();
        bench.pools.look_in_passing().await.unwrap();
        let progress = bench.generated(5).await;
        assert_eq!((progress.done, progress.failed, progress.state), (0, 3, JobState::Failed), "{script}");
        assert!(progress.errors[0].contains(said), "{script}: {progress:?}");
        assert_eq!((bench.counts().0, bench.is_tidy()), (0, true), "{script}");
        assert_eq!(fs::read_dir(bench.available()).unwrap().count(), 0);
    }
}

#[tokio::test]
async fn a_generator_that_is_not_there_is_named() {
    let bench = Bench::with("[generator]\ncommand = [\"/nowhere/generator\"]\n").await;
    let progress = bench.generated(1).await;
    assert!(progress.errors[0].contains("`/nowhere/generator` cannot be started in"), "{progress:?}");
}

#[tokio::test]
async fn a_seed_without_a_settings_file_is_refused_with_what_would_be_right() {
    let bench = Bench::with(GOOD).await;
    let progress = bench.generated(1).await;
    assert_eq!((progress.done, progress.failed), (0, 1));
    assert!(
        progress.errors[0].contains("no settings file") && progress.errors[0].contains("files/"),
        "{progress:?}"
    );
}

#[tokio::test]
async fn a_generator_that_hangs_is_ended_with_all_it_started() {
    let config = r#"
[generator]
command = ["sh", "-c", "sleep 300 & echo $! > \"$0/../../child\"; wait", "{out}"]
timeout_seconds = 1
"#;
    let bench = Bench::with(config).await;
    let progress = bench.generated(1).await;
    assert!(progress.errors[0].contains("did not end within 1 s"), "{progress:?}");
    let child: i32 = fs::read_to_string(bench.seeds.join("sprint/child")).unwrap().trim().parse().unwrap();
    gone(child).await;
    assert!(bench.is_tidy());
}

#[tokio::test]
async fn a_generation_can_be_cancelled_and_one_at_a_time_fills_a_pool() {
    let config =
        "[generator]\ncommand = [\"sh\", \"-c\", \"echo $$ > $0/../../leader; exec sleep 300\", \"{out}\"]\n";
    let bench = Bench::with(config).await;
    let job = bench.pools.generate("sprint", 3, &Actor::anonymous()).await.unwrap();
    let busy = bench.pools.generate("sprint", 1, &Actor::anonymous()).await.unwrap_err();
    assert_eq!(busy.code, "busy");
    assert_eq!(bench.pools.list()[0].running.as_ref().map(|progress| &*progress.job), Some(&*job));
    let leader = bench.seeds.join("sprint/leader");
    let pid: i32 = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match fs::read_to_string(&leader).ok().and_then(|text| text.trim().parse().ok()) {
                Some(pid) => return pid,
                None => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    })
    .await
    .unwrap();
    bench.pools.cancel(&job).unwrap();
    assert_eq!(bench.ended(&job).await.state, JobState::Cancelled);
    gone(pid).await;
    assert!(bench.is_tidy());
    assert_eq!(bench.pools.cancel("none").unwrap_err().kind, regie_core::ErrorKind::NotFound);
}

#[tokio::test]
async fn a_mode_that_makes_seeds_fills_a_pool_with_the_pools_own_settings() {
    let bench = Bench::with("[mode]\nsettings = { layers = 5 }\n").await;
    assert_eq!(
        (bench.pools.list()[0].can_generate, bench.pools.list()[0].mode.as_deref()),
        (Some(Maker::Mode), Some("maze"))
    );
    let progress = bench.generated(3).await;
    assert_eq!((progress.done, bench.counts().0), (3, 3), "{progress:?}");
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    assert!(bench.pools.document(&seed.id).await.unwrap().get().contains(r#""layers":5"#));
    assert!(bench.available().join(&seed.folder).join("regie_race.toml").exists());
}

#[tokio::test]
async fn the_settings_file_that_a_pool_lays_over_its_seeds_is_theirs_whatever_its_name() {
    let bench = Bench::with("").await;
    let files = bench.seeds.join("sprint/files");
    fs::create_dir_all(&files).unwrap();
    fs::write(files.join("my_race.toml"), "[server]\n").unwrap();
    assert_eq!(bench.generated(1).await.done, 1);
    let seed = bench.pools.take("sprint", "r").await.unwrap();
    let folder = bench.available().join(&seed.folder);
    assert!(folder.join("my_race.toml").exists() && !folder.join("regie_race.toml").exists());
}

#[tokio::test]
async fn what_a_stop_left_half_made_is_removed_and_never_offered() {
    let bench = Bench::new().await;
    fs::create_dir_all(bench.seeds.join("sprint/.generating/0123456789abcdef")).unwrap();
    bench.generated(1).await;
    assert_eq!((bench.is_tidy(), bench.counts().0), (true, 1));
}

/// Waits until no such process runs (a dead one that nobody has waited for yet is gone).
async fn gone(pid: i32) {
    let runs = || {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    tokio::time::timeout(Duration::from_secs(20), async {
        while runs() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("the process ends");
}
