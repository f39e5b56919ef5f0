//! Six runners on one course, whose runs are known before they begin.

use std::{
    io::Cursor,
    ops::Range,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures::future::join_all;
use regie_racer::{Graph, Options, Outcome, Settings, View, race};
use regie_tests::Regie;
use serde_json::{Value, json};
use tokio::{process::Command, sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::{course::Course, plan::Plan};

pub const MODE: &str = "race-dag";
pub const RUNNERS: usize = 6;
/// The slowest run takes so long on the wall.
const LASTS: Duration = Duration::from_secs(8);
const CUT: Duration = Duration::from_secs(2);
/// With a machine that does other things, and a server that was away.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Ride {
    /// Of the race.
    id: String,
    pub plans: Vec<Plan>,
    graph: Graph,
    document: PathBuf,
    /// One of a pack each.
    settings: Vec<PathBuf>,
    speed: u64,
}

/// One that is on its way, and must come to its end with nothing refused.
type Run = JoinHandle<()>;

impl Ride {
    /// A race from the course's pool that everybody has joined and has the pack of.
    pub async fn prepare(regie: &Regie, course: &Course, folder: &Path) -> Self {
        let folder = folder.join(&course.pool);
        std::fs::create_dir_all(&folder).unwrap();
        let document = folder.join("graph.json");
        std::fs::copy(course.document(&regie.instance.join("seeds")), &document).unwrap();
        let graph = Graph::read(&document).unwrap();
        let form = json!({"name": course.pool, "pool": course.pool});
        let made = regie.post("/api/races", form).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let id = made.json()["id"].as_str().unwrap().to_owned();
        for n in 0..RUNNERS {
            let added = regie
                .post(&format!("/api/races/{id}/participants"), json!({"name": format!("runner{n}")}))
                .await;
            assert_eq!(added.status, 201, "{}", added.text);
        }
        let opened = regie.post(&format!("/api/races/{id}/open"), json!({})).await;
        assert_eq!(opened.status, 200, "{}", opened.text);
        let released = regie.post(&format!("/api/races/{id}/generate-zips"), json!({})).await.json();
        let packs = released["packs"].as_array().unwrap_or_else(|| panic!("{released}"));
        let settings = join_all(packs.iter().enumerate().map(|(n, pack)| {
            unpack(regie, pack["url"].as_str().expect("an address"), folder.join(n.to_string()))
        }))
        .await;
        let plans: Vec<_> = (0..RUNNERS).map(|n| Plan::of(&graph, number(n))).collect();
        let longest = plans.iter().map(|plan| plan.length_ms).max().expect("runners");
        let speed = longest / u64::try_from(LASTS.as_millis()).expect("seconds") + 1;
        Self { id, plans, graph, document, settings, speed }
    }

    /// Once everybody's game says that they are ready; answers the race.
    pub async fn start(&self, regie: &Regie, countdown: u64) -> Value {
        self.until(regie, |race| by_slot(race).all(|one| one["status"] == "ready")).await;
        let config = json!({"config": {"countdown_seconds": countdown}});
        let set = regie.call(reqwest::Method::PATCH, &format!("/api/races/{}", self.id), Some(config)).await;
        assert_eq!(set.status, 200, "{}", set.text);
        let started = regie.post(&format!("/api/races/{}/start", self.id), json!({})).await;
        assert_eq!(started.status, 200, "{}", started.text);
        started.json()
    }

    /// The program that players have.
    pub fn program(&self, n: usize) -> impl Future<Output = String> + use<> {
        let mut program = Command::new(Regie::binary());
        program.args(["racer", "--plain", "--simulate", "--settings"]).arg(&self.settings[n]);
        program.arg("--graph").arg(&self.document);
        program.args(["--speed", &self.speed.to_string(), "--seed", &number(n).to_string()]);
        let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        async move {
            let output = child.wait_with_output().await.unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
            said
        }
    }

    /// In this process. The links of the first two are bad.
    pub fn run(&self, runners: Range<usize>) -> Vec<Run> {
        let one = |n: usize| {
            let settings = Settings::read(&self.settings[n]).unwrap();
            let options = Options {
                graph: Some(self.graph.clone()),
                speed: self.speed,
                seed: Some(number(n)),
                cut_every: (n < 3 && n > 0).then_some(CUT),
                ..Options::default()
            };
            tokio::spawn(async move {
                let (_, wishes) = mpsc::channel(1);
                let (stop, mut refused, mut last) = (CancellationToken::new(), None, View::default());
                let run = race(&settings, options, wishes, &stop, |view, _| {
                    if view.refusals > last.refusals {
                        refused = Some(view.note.clone());
                    }
                    last = view.clone();
                });
                let outcome = tokio::time::timeout(PATIENCE, run).await;
                assert_eq!(refused, None, "{last:?}");
                let own = match outcome {
                    Ok(Outcome::Ended(Some(own))) => own,
                    other => panic!("{other:?} {last:?}"),
                };
                assert_eq!(own.status, "finished");
            })
        };
        runners.map(one).collect()
    }

    pub fn race(&self, runners: Range<usize>) -> impl Future<Output = ()> + use<> {
        ended(self.run(runners))
    }

    pub async fn see(&self, regie: &Regie) -> Value {
        regie.get(&format!("/api/races/{}", self.id)).await.json()
    }

    pub async fn until(&self, regie: &Regie, fits: impl FnMut(&Value) -> bool) -> Value {
        regie.until(&format!("/api/races/{}", self.id), fits).await
    }

    /// From 1; among the whole runs.
    pub fn planned_place(&self, n: usize) -> usize {
        1 + self.plans.iter().filter(|plan| plan.length_ms < self.plans[n].length_ms).count()
    }

    /// The race is over by itself, and everybody's run is in it as it was planned.
    pub async fn check_result(&self, regie: &Regie) {
        let race = self.until(regie, |race| race["status"] == "finished").await;
        for (n, runner) in by_slot(&race).enumerate() {
            assert_eq!(runner["status"], "finished", "{runner}");
            assert_eq!(runner["igt_ms"], self.plans[n].length_ms, "{runner}");
            assert_eq!(runner["place"], self.planned_place(n), "{race}");
            assert_eq!(first_visits(&runner["zone_history"]), self.plans[n].first_visits(), "{runner}");
        }
    }

    /// The overlay shows every place of the seed.
    pub async fn check_map(&self, regie: &Regie) {
        let page =
            regie.call_as(None, reqwest::Method::GET, &format!("/overlay/{}/dag", self.id), None).await;
        assert_eq!(page.status, 200);
        let stations = page.text.matches("<title>").count();
        assert!(stations >= self.graph.nodes.len(), "{stations} of {}", self.graph.nodes.len());
    }

    /// The replay shows the ranks as they were then.
    pub async fn check_half_way(&self, regie: &Regie) {
        let at = self.plans.iter().map(|plan| plan.length_ms).max().expect("runners") / 2;
        let path = format!("/api/races/{}/replay?at_ms={at}&surface=overlay:dag", self.id);
        let replay = regie.call_as(None, reqwest::Method::GET, &path, None).await;
        assert_eq!(replay.status, 200, "{}", replay.text);
        let replay = replay.json();
        assert!(replay["html"].as_str().is_some_and(|html| html.contains("<svg")), "{replay}");
        let then: Vec<_> = self.plans.iter().map(|plan| plan.standing(at)).collect();
        for standing in replay["standings"]["participants"].as_array().unwrap() {
            let n = usize::try_from(standing["participant"].as_u64().unwrap() - 1).unwrap();
            let place = 1 + then.iter().filter(|other| **other < then[n]).count();
            assert_eq!(
                (&standing["place"], &standing["progress"]),
                (&json!(place), &json!(f64::from(self.plans[n].layer(at)))),
                "{replay}"
            );
        }
    }
}

/// All of them.
pub async fn ended(runs: Vec<Run>) {
    for run in join_all(runs).await {
        run.unwrap();
    }
}

pub fn by_slot(race: &Value) -> impl Iterator<Item = &Value> {
    let mut all: Vec<_> = race["participants"].as_array().into_iter().flatten().collect();
    all.sort_by_key(|one| one["slot"].as_u64());
    all.into_iter()
}

/// The number of a run, the same for every course.
fn number(runner: usize) -> u64 {
    1_000 + u64::try_from(runner).expect("a few")
}

fn first_visits(history: &Value) -> Vec<(String, u64)> {
    let mut known = Vec::<(String, u64)>::new();
    for visit in history.as_array().unwrap_or_else(|| panic!("no history: {history}")) {
        let node = visit["node_id"].as_str().unwrap();
        if known.iter().all(|(one, _)| one != node) {
            known.push((node.to_owned(), visit["igt_ms"].as_u64().unwrap()));
        }
    }
    known
}

/// Downloads a pack, and answers where its settings file is.
async fn unpack(regie: &Regie, url: &str, to: PathBuf) -> PathBuf {
    let answer = regie.http.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    let pack = answer.bytes().await.unwrap();
    zip::ZipArchive::new(Cursor::new(pack)).unwrap().extract(&to).unwrap();
    assert!(!to.join("graph.json").exists(), "a pack does not tell the way");
    to.join("ride_race.toml")
}
