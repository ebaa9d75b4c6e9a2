//! Files as a start finds them: made, taken, of another make, newer, cut short, overwritten.

use super::super::*;
use crate::seed::Seed;
use crate::vendors::Vendor;
use rand::RngExt;
use redb::TableDefinition;
use std::fs;
use std::path::PathBuf;

/// A folder of its own for each test, gone at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let folder = format!("fake-factory-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("state")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refused(path: &Path) -> StateError {
    match Opened::open(path) {
        Ok(_) => panic!("opened {}", path.display()),
        Err(error) => error,
    }
}

fn order(number: u64) -> OrderRecord {
    OrderRecord {
        made_at: jiff::Timestamp::UNIX_EPOCH,
        vendor: "v".into(),
        order_id: None,
        payload: "pizza ".repeat(100).into(),
        issued_at: 0,
        count: 1,
        names: vec![number.to_string()],
    }
}

/// The orders that can be read in a file, or why they cannot.
fn read(path: &Path) -> Result<usize, StateError> {
    let mut orders = 0;
    Opened::open(path)?.orders(|_, _| {
        orders += 1;
        Ok(())
    })?;
    Ok(orders)
}

#[tokio::test]
async fn a_file_is_made_whole_and_for_its_owner_alone() {
    let folder = Folder::new("made");
    let store = Opened::open(&folder.file())
        .and_then(Opened::start)
        .expect("made");
    store.order(0, order(0));
    assert_eq!(store.settled().await, Ok(()));
    assert!(matches!(refused(&folder.file()), StateError::InUse));
    store.close().await;
    assert_eq!(read(&folder.file()).expect("opens"), 1);
    let names: Vec<_> = fs::read_dir(&folder.0).expect("a folder").collect();
    assert_eq!(names.len(), 1, "{names:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.file())
            .expect("a file")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn what_is_no_state_file_is_left_alone() {
    let folder = Folder::new("foreign");
    assert!(matches!(refused(&folder.0), StateError::NotAFile));
    assert!(matches!(
        refused(&folder.0.join("no/state")),
        StateError::Io(_)
    ));
    for text in ["", "a letter\n", &"\0".repeat(10_000)] {
        fs::write(folder.file(), text).expect("a file");
        assert!(
            matches!(refused(&folder.file()), StateError::Foreign),
            "{text:?}"
        );
        assert_eq!(fs::read_to_string(folder.file()).expect("a file"), text);
    }
    let path = folder.0.join("other");
    let other = Database::create(&path).expect("a database");
    let write = other.begin_write().expect("begins");
    write
        .open_table(TableDefinition::<&str, &str>::new("meta"))
        .expect("a table");
    write.commit().expect("commits");
    drop(other);
    assert!(matches!(refused(&path), StateError::Foreign));
}

/// Whoever has to change a text here raises the format, and reads the old texts too.
#[test]
fn the_records_are_those_of_the_format() {
    fn same<T: Serialize + DeserializeOwned>(text: &str) {
        let record: T = serde_json::from_str(text).expect("a record");
        assert_eq!(serde_json::to_string(&record).expect("JSON"), text);
    }
    assert_eq!(file::FORMAT, 1);
    same::<OrderRecord>(
        r#"{"made_at":"2024-08-08T16:00:00Z","vendor":"v","order_id":"7","payload":"{}","issued_at":1,"count":1,"names":["id v 7"]}"#,
    );
    same::<RepeatRecord>(r#"{"last_made_at":"2024-08-08T16:00:00.000001Z","count":2}"#);
    let chaos = r#"{"kind":"badjwt","initiated":"2024-08-08T16:00:00Z","starts":"2024-08-09T15:00:00Z","code":"c","told":false,"fixed":null}"#;
    let connection = r#"{"other":"w","created":"2024-08-08T16:00:00Z","rating":4.5}"#;
    same::<Vendor>(&format!(
        r#"{{"id":"v","key":"k","created":"2024-08-08T16:00:00Z","admin":false,"details":{{"name":"V"}},"chaos":{chaos},"connections":{{"pentest":{connection}}},"login_code":"12345678"}}"#
    ));
}

#[test]
fn the_file_of_a_newer_factory_is_left_to_it() {
    let folder = Folder::new("newer");
    drop(Opened::open(&folder.file()).expect("made"));
    let database = file::builder().open(folder.file()).expect("opens");
    let write = database.begin_write().expect("begins");
    write
        .open_table(TableDefinition::<&str, u64>::new("meta"))
        .expect("a table")
        .insert("format", file::FORMAT + 1)
        .expect("inserts");
    write.commit().expect("commits");
    drop(database);
    let error = refused(&folder.file());
    assert!(
        matches!(error, StateError::Newer { found } if found == file::FORMAT + 1),
        "{error}"
    );
}

#[tokio::test]
async fn a_file_that_was_cut_short_or_overwritten_is_told_from_a_whole_one() {
    let folder = Folder::new("torn");
    let store = Opened::open(&folder.file())
        .and_then(Opened::start)
        .expect("made");
    let orders = 50;
    for number in 0..orders {
        store.order(number, order(number));
    }
    assert_eq!(store.settled().await, Ok(()));
    store.close().await;
    let whole = fs::read(folder.file()).expect("a file");
    // Most of a small file is empty.
    let used: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let seed = Seed::new(329).of("torn");
    for number in 0..100 {
        let mut rng = seed.nth(number).rng();
        let mut torn = whole.clone();
        if number % 2 == 0 {
            torn.truncate(rng.random_range(0..whole.len()));
        } else {
            let at = used[rng.random_range(0..used.len())];
            torn[at..]
                .iter_mut()
                .take(64)
                .for_each(|byte| *byte = !*byte);
        }
        fs::write(folder.file(), torn).expect("a file");
        match read(&folder.file()) {
            // The bytes were of no consequence.
            Ok(found) => assert_eq!(found as u64, orders, "{number}"),
            Err(StateError::Damaged(_) | StateError::Foreign) => {}
            Err(error) => panic!("{number}: {error}"),
        }
    }
}
