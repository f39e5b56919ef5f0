//! Whatever happens between a room and the connector, in the end the sink knows the truth.

use proptest::prelude::*;

use crate::{
    notebook::{config, follow},
    room::{Order, Room},
};

#[derive(Debug, Clone)]
enum Event {
    Give(Vec<i64>),
    Lose(Vec<i64>),
    Repeat,
    Drop,
    Nonsense,
    StartOver(String),
}

fn event() -> impl Strategy<Value = Event> {
    let items = || prop::collection::vec(-1i64..6, 1..5);
    prop_oneof![
        4 => items().prop_map(Event::Give),
        2 => items().prop_map(Event::Lose),
        2 => Just(Event::Repeat),
        1 => Just(Event::Drop),
        1 => Just(Event::Nonsense),
        1 => "[a-c]".prop_map(Event::StartOver),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 4, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_last_counts_are_the_truth(
        events in prop::collection::vec((event(), any::<bool>()), 0..14),
        refusals in 0usize..3,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let room = Room::open().await;
            let following = follow(config(&format!("ws://{}", room.address)), refusals);
            for (event, settle) in events {
                match event {
                    Event::Give(items) => room.give(&items),
                    Event::Lose(items) => room.lose(&items),
                    Event::Repeat => room.repeat(),
                    Event::Drop => room.order(|| Order::Drop),
                    Event::Nonsense => room.order(|| Order::Say("[{]".into())),
                    Event::StartOver(checksum) => room.start_over(&checksum),
                }
                if settle {
                    // Shows what was lost, as the next delivery of a real room would.
                    room.give(&[1]);
                    following.until_counts(&room.truth()).await;
                }
            }
            room.give(&[2]);
            following.until_counts(&room.truth()).await;
            following.end().await;
        });
    }
}
