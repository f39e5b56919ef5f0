//! Whole races, run by the reference client from the packs that players download.

mod course;
mod plan;
mod ride;
mod server;

use course::{Course, Dialect};
use ride::Ride;
use server::{instance, shared};

#[tokio::test]
async fn six_runners_race_from_their_packs_to_the_end_in_either_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let courses =
        [Course::made("source", Dialect::Source, 13, 3), Course::made("public", Dialect::Public, 13, 3)];
    let regie = instance(folder.path(), &courses).await;
    futures::future::join_all(courses.iter().map(|course| async {
        let ride = Ride::prepare(&regie, course, folder.path()).await;
        let (program, others) = (ride.program(0), ride.race(1..6));
        ride.start(&regie, 1).await;
        let (said, ()) = tokio::join!(program, others);
        let place = ride.planned_place(0);
        assert!(said.contains(&format!("runner0: finished, place {place}, ")), "{said}");
        ride.check_result(&regie).await;
    }))
    .await;
}

#[tokio::test]
async fn seeds_of_every_shape_are_raced_drawn_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let mut courses = vec![
        Course::made("standard", Dialect::Public, 30, 4),
        Course::made("small", Dialect::Source, 5, 2),
        Course::made("bare", Dialect::Public, 16, 3).without_flags(),
    ];
    courses.extend(shared());
    let regie = instance(folder.path(), &courses).await;
    futures::future::join_all(courses.iter().map(|course| async {
        let ride = Ride::prepare(&regie, course, folder.path()).await;
        let everybody = ride.race(0..6);
        ride.start(&regie, 1).await;
        everybody.await;
        ride.check_result(&regie).await;
        ride.check_map(&regie).await;
        ride.check_half_way(&regie).await;
    }))
    .await;
}

#[tokio::test]
async fn a_race_goes_on_after_a_sudden_end_of_the_server_and_a_countdown_too() {
    let folder = tempfile::tempdir().unwrap();
    let courses =
        [Course::made("first", Dialect::Public, 13, 3), Course::made("second", Dialect::Source, 5, 2)];
    let mut regie = instance(folder.path(), &courses).await;
    let first = Ride::prepare(&regie, &courses[0], folder.path()).await;
    let second = Ride::prepare(&regie, &courses[1], folder.path()).await;
    let mut runs = first.run(0..6);
    runs.extend(second.run(0..6));
    first.start(&regie, 1).await;
    let on_the_way =
        first.until(&regie, |race| race["participants"][0]["progress"].as_f64() >= Some(3.0)).await;
    let counting = second.start(&regie, 12).await;
    regie.kill();
    regie.start_again().await;

    let after = second.see(&regie).await;
    assert_eq!(after["started_at"], counting["started_at"]);
    let is_to_come = after["server_time"].as_str() < after["started_at"].as_str();
    assert_eq!(after["status"], if is_to_come { "countdown" } else { "running" }, "{after}");
    let after = first.see(&regie).await;
    assert_eq!((&after["status"], &after["started_at"]), (&"running".into(), &on_the_way["started_at"]));
    for (after, before) in ride::by_slot(&after).zip(ride::by_slot(&on_the_way)) {
        assert_eq!(after["slot"], before["slot"]);
        assert!(after["progress"].as_f64() >= before["progress"].as_f64(), "{before} came back as {after}");
        assert!(
            after["igt_ms"].as_u64() >= before["layer_entry_igt"].as_u64(),
            "{before} came back as {after}"
        );
    }

    ride::ended(runs).await;
    first.check_result(&regie).await;
    second.check_result(&regie).await;
}
