//! What the store promises, on disks that break and lose power: what was told to be stored is there, and the file opens.

mod disk;
mod files;

use super::*;
use crate::clock::Clock;
use crate::ledger::{Ledger, Made, Pizza};
use disk::Disk;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeMap;

type People = BTreeMap<String, u32>;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + second.seconds()
}

/// A factory's memory: what it holds, and the store that keeps it.
struct Memory {
    ledger: Ledger,
    people: People,
    store: Store,
    clock: Clock,
}

impl Memory {
    fn open(disk: &Disk) -> Memory {
        let disk = disk.clone();
        let opened = Opened::with(Box::new(move || {
            let database = file::builder().create_with_backend(disk.clone());
            let database = database.map_err(redb::Error::from)?;
            file::begin(&database)?;
            Ok(database)
        }))
        .expect("opens");
        let clock = Clock::starting_at(Timestamp::UNIX_EPOCH);
        let mut ledger = Ledger::default();
        opened
            .orders(|order, repeat| {
                ledger.restore(order, repeat, &clock).expect("fits");
                Ok(())
            })
            .expect("reads");
        let mut people = People::new();
        opened
            .vendors(|(id, value): (String, u32)| {
                people.insert(id, value);
                Ok(())
            })
            .expect("reads");
        let store = opened.start().expect("starts");
        ledger.keep_in(store.clone());
        Memory {
            ledger,
            people,
            store,
            clock,
        }
    }

    fn make(&mut self, name: u8, second: i64) {
        let pizza = Pizza {
            at: self.clock.elapsed_at(at(second)),
            made_at: at(second),
            vendor: "v".into(),
            order_id: Some(name.to_string().into()),
            payload: format!(r#"{{"order":"{name} – \"quoted\""}}"#).into(),
            issued_at: second,
            count: 1 + u32::from(name % 3 == 0),
        };
        self.ledger
            .write(&[format!("id {name}")], pizza)
            .expect("fits");
    }

    fn meet(&mut self, id: &str, value: u32) {
        self.people.insert(id.to_owned(), value);
        self.store.vendor(id, &(id, value));
    }

    fn part(&mut self, id: &str) {
        self.people.remove(id);
        self.store.vendor_gone(id);
    }

    fn facts(&self) -> (Vec<Made>, People) {
        (self.ledger.snapshot(), self.people.clone())
    }
}

#[tokio::test]
async fn what_a_disk_lacks_after_a_failure_it_gets_with_the_next_attempt() {
    let disk = Disk::default();
    let mut memory = Memory::open(&disk);
    memory.make(1, 10);
    assert_eq!(memory.store.settled().await, Ok(()));
    assert_eq!(memory.store.ready().await, Ok(()));

    disk.break_after(0);
    memory.make(2, 20);
    let failed = memory.store.settled().await.expect_err("the disk is full");
    assert!(
        failed
            .to_string()
            .starts_with("failed to write the state file: "),
        "{failed}"
    );
    assert!(memory.store.ready().await.is_err());

    disk.mend();
    assert_eq!(memory.store.ready().await, Ok(()));
    memory.make(1, 30);
    assert_eq!(memory.store.settled().await, Ok(()));
    memory.store.close().await;
    let counts: Vec<u32> = memory
        .ledger
        .snapshot()
        .iter()
        .map(|made| made.count)
        .collect();
    assert_eq!(counts, [2, 1]);
    assert_eq!(Memory::open(&disk).facts(), memory.facts());
}

#[tokio::test]
async fn a_disk_that_breaks_at_any_operation_has_what_was_told_to_be_stored() {
    let orders = 6;
    let calm = Disk::default();
    let opening = {
        let memory = Memory::open(&calm);
        let opening = calm.operations();
        drop(play(memory, orders).await);
        opening
    };
    let all = calm.operations() - opening;
    assert!(all > 20, "{all}");
    for number in 0..=all {
        let disk = Disk::default();
        let memory = Memory::open(&disk);
        disk.break_after(number);
        let told = play(memory, orders).await;
        // Nothing, all, and every second of what was not synced reached the disk.
        for keep in [0, 1, 2, 3] {
            let left =
                disk.after_power_cut(|write| keep == 3 || (keep > 0 && write % 2 == keep - 1));
            let found = Memory::open(&left).facts();
            assert!(found.0.len() >= told.0.len(), "operation {number}, {keep}");
            assert_eq!(
                found.0[..told.0.len()],
                told.0,
                "operation {number}, {keep}"
            );
            for (id, value) in &told.1 {
                assert!(found.1.get(id) >= Some(value), "operation {number}, {keep}");
            }
        }
    }

    /// Makes orders and vendors until the disk breaks; gives what a client was told of.
    async fn play(mut memory: Memory, orders: u8) -> (Vec<Made>, People) {
        let mut told = memory.facts();
        for number in 0..orders {
            memory.make(number, i64::from(number));
            memory.meet("pizza", u32::from(number));
            if memory.store.settled().await.is_err() {
                break;
            }
            told = memory.facts();
        }
        memory.store.close().await;
        told
    }
}

#[tokio::test]
async fn a_closed_store_claims_nothing() {
    let disk = Disk::default();
    let mut memory = Memory::open(&disk);
    memory.make(1, 1);
    memory.store.close().await;
    memory.make(2, 2);
    assert!(memory.store.settled().await.is_err());
    assert_eq!(Memory::open(&disk).ledger.snapshot().len(), 1);
}

#[tokio::test]
async fn starts_are_counted() {
    let disk = Disk::default();
    for expected in 0..3 {
        let disk = disk.clone();
        let opened = Opened::with(Box::new(move || {
            let database = file::builder().create_with_backend(disk.clone());
            let database = database.map_err(redb::Error::from)?;
            file::begin(&database)?;
            Ok(database)
        }));
        assert_eq!(opened.expect("opens").starts(), expected);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Make(u8),
    Meet(u8, u32),
    Part(u8),
    Clear,
    Settle,
    /// The disk fails from some operation on.
    Break(u64),
    Mend,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..8_u8).prop_map(Step::Make),
        3 => (0..4_u8, any::<u32>()).prop_map(|(id, value)| Step::Meet(id, value)),
        1 => (0..4_u8).prop_map(Step::Part),
        1 => Just(Step::Clear),
        2 => Just(Step::Settle),
        1 => (0..30_u64).prop_map(Step::Break),
        1 => Just(Step::Mend),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_was_changed_is_there_after_a_restart(steps in prop::collection::vec(step(), 0..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let disk = Disk::default();
            let mut memory = Memory::open(&disk);
            for (second, step) in (0..).zip(steps) {
                match step {
                    Step::Make(name) => memory.make(name, second),
                    Step::Meet(id, value) => memory.meet(&id.to_string(), value),
                    Step::Part(id) => memory.part(&id.to_string()),
                    Step::Clear => memory.ledger.clear(),
                    Step::Settle => drop(memory.store.settled().await),
                    Step::Break(after) => disk.break_after(after),
                    Step::Mend => disk.mend(),
                    Step::Restart => memory = restarted(&disk, memory).await,
                }
            }
            restarted(&disk, memory).await;
        });

        /// Restarts on a disk that works, and compares what is there with what there was.
        async fn restarted(disk: &Disk, memory: Memory) -> Memory {
            disk.mend();
            // An attempt that began on the broken disk may still fail.
            if memory.store.settled().await.is_err() {
                assert_eq!(memory.store.ready().await, Ok(()));
            }
            memory.store.close().await;
            let again = Memory::open(disk);
            assert_eq!(again.facts(), memory.facts());
            again
        }
    }
}
