//! The file itself: a redb database with a table of orders, one of their repetitions, one of vendors, and one that says what all of
//! them mean. It knows redb and records; threads and waiting are `writer`'s business.

use super::error::StateError;
use super::pending::Pending;
use super::record::{OrderRecord, RepeatRecord};
use redb::{
    Builder, Database, Durability, ReadableDatabase, ReadableTable, Table, TableDefinition,
    TableError,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

/// The format that this version writes, and the latest that it reads.
pub(super) const FORMAT: u64 = 1;
/// What redb may keep of the file in memory. The factory has all of it in memory already.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
const ORDERS: TableDefinition<u64, &[u8]> = TableDefinition::new("orders");
const REPEATS: TableDefinition<u64, &[u8]> = TableDefinition::new("repeats");
const VENDORS: TableDefinition<&str, &[u8]> = TableDefinition::new("vendors");

/// Does `work` on a file. redb believes a file that was closed properly, and may panic where somebody else has written into it since.
pub(super) fn sound<T>(work: impl FnOnce() -> Result<T, StateError>) -> Result<T, StateError> {
    panic::catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(StateError::Damaged("its parts do not fit".to_owned())))
}

/// How redb is used here.
pub(super) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// Opens the file at `path`; makes one where there is none.
pub(super) fn open(path: &Path) -> Result<Database, StateError> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(StateError::NotAFile),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path)?,
        Err(error) => return Err(error.into()),
    }
    Ok(builder().open(path).map_err(redb::Error::from)?)
}

/// Makes a file under another name and gives it its own when it is whole: whoever finds a file by this name can open it.
fn create(path: &Path) -> Result<(), StateError> {
    let beside = name_beside(path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    // It holds the keys of vendors.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&beside)?;
    let made = initialise(builder().create_file(file)).and_then(|()| publish(&beside, path));
    let removed = fs::remove_file(&beside);
    made?;
    match removed {
        // Renamed rather than linked.
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    sync_folder(path)?;
    Ok(())
}

fn initialise(database: Result<Database, redb::DatabaseError>) -> Result<(), StateError> {
    begin(&database.map_err(redb::Error::from)?)
}

/// Writes down what the tables mean.
pub(super) fn begin(database: &Database) -> Result<(), StateError> {
    let begun = || -> Result<(), redb::Error> {
        let transaction = database.begin_write()?;
        transaction.open_table(META)?.insert("format", FORMAT)?;
        Ok(transaction.commit()?)
    };
    Ok(begun()?)
}

/// A name that no other process makes a file by.
fn name_beside(path: &Path) -> Result<PathBuf, StateError> {
    let mut bytes = [0_u8; 8];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StateError::Io(io::Error::other("no random name for a new file")))?;
    let mut name = OsString::from(path);
    name.push(format!(".new-{:016x}", u64::from_le_bytes(bytes)));
    Ok(PathBuf::from(name))
}

/// Unlike a rename, a link does not take the place of a file that somebody else made meanwhile.
fn publish(beside: &Path, path: &Path) -> Result<(), StateError> {
    match fs::hard_link(beside, path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        // Not every file system has links.
        Err(_) => Ok(fs::rename(beside, path)?),
    }
}

/// Makes the name of the file as durable as the file.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Checks the sums over all that the file holds: everything is about to be read anyway. Whether it is whole after a crash, redb sees
/// itself; this finds what somebody else wrote into it.
pub(super) fn check(database: &mut Database) -> Result<(), StateError> {
    if !database.check_integrity().map_err(redb::Error::from)? {
        tracing::warn!(
            "the state file was damaged and has been repaired; the latest changes may be missing"
        );
    }
    Ok(())
}

/// Checks that this version can read the file, and counts the start: tells how many there were before.
pub(super) fn count_start(database: &Database) -> Result<u64, StateError> {
    let format = {
        let transaction = database.begin_read().map_err(redb::Error::from)?;
        let meta = match transaction.open_table(META) {
            Ok(meta) => meta,
            Err(TableError::Storage(error)) => return Err(redb::Error::from(error).into()),
            Err(_) => return Err(StateError::Foreign),
        };
        number(&meta, "format")?
    };
    match format {
        0 => return Err(StateError::Foreign),
        found if found > FORMAT => return Err(StateError::Newer { found }),
        _ => {}
    }
    let counted = || -> Result<u64, redb::Error> {
        let transaction = database.begin_write()?;
        let starts = number(&transaction.open_table(META)?, "starts")?;
        transaction
            .open_table(META)?
            .insert("starts", starts.saturating_add(1))?;
        // So that reading need not ask which of them there are.
        transaction.open_table(ORDERS)?;
        transaction.open_table(REPEATS)?;
        transaction.open_table(VENDORS)?;
        transaction.commit()?;
        Ok(starts)
    };
    Ok(counted()?)
}

fn number(
    meta: &impl ReadableTable<&'static str, u64>,
    name: &'static str,
) -> Result<u64, redb::Error> {
    Ok(meta.get(name)?.map_or(0, |number| number.value()))
}

/// Gives each order to `take`, in the order of their first making, with what became of it since.
pub(super) fn orders(
    database: &Database,
    mut take: impl FnMut(OrderRecord, Option<RepeatRecord>) -> Result<(), StateError>,
) -> Result<(), StateError> {
    let transaction = database.begin_read().map_err(redb::Error::from)?;
    let repeats = transaction.open_table(REPEATS).map_err(redb::Error::from)?;
    let orders = transaction.open_table(ORDERS).map_err(redb::Error::from)?;
    for (expected, entry) in (0..).zip(orders.iter().map_err(redb::Error::from)?) {
        let (number, order) = entry.map_err(redb::Error::from)?;
        if number.value() != expected {
            return Err(StateError::Damaged(format!("order {expected} is missing")));
        }
        let what = || format!("order {expected}");
        let repeat = repeats.get(expected).map_err(redb::Error::from)?;
        let repeat = repeat
            .map(|repeat| read(repeat.value(), what))
            .transpose()?;
        take(read(order.value(), what)?, repeat)?;
    }
    Ok(())
}

/// Gives each vendor to `take`, by id.
pub(super) fn vendors<V: DeserializeOwned>(
    database: &Database,
    mut take: impl FnMut(V) -> Result<(), StateError>,
) -> Result<(), StateError> {
    let transaction = database.begin_read().map_err(redb::Error::from)?;
    let vendors = transaction.open_table(VENDORS).map_err(redb::Error::from)?;
    for entry in vendors.iter().map_err(redb::Error::from)? {
        let (id, vendor) = entry.map_err(redb::Error::from)?;
        take(read(vendor.value(), || format!("vendor {}", id.value()))?)?;
    }
    Ok(())
}

fn read<T: DeserializeOwned>(json: &[u8], what: impl Fn() -> String) -> Result<T, StateError> {
    serde_json::from_slice(json)
        .map_err(|error| StateError::Damaged(format!("{}: {error}", what())))
}

/// Writes all of `changes`, or none.
pub(super) fn write(database: &Database, changes: &Pending) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    if changes.clears_orders {
        transaction.delete_table(ORDERS)?;
        transaction.delete_table(REPEATS)?;
    }
    insert(transaction.open_table(ORDERS)?, &changes.orders)?;
    insert(transaction.open_table(REPEATS)?, &changes.repeats)?;
    let mut vendors = transaction.open_table(VENDORS)?;
    for (id, vendor) in &changes.vendors {
        match vendor {
            Some(json) => vendors.insert(id.as_str(), json.as_slice())?,
            None => vendors.remove(id.as_str())?,
        };
    }
    drop(vendors);
    Ok(transaction.commit()?)
}

fn insert<'a, R: Serialize + 'a>(
    mut table: Table<'_, u64, &'static [u8]>,
    records: impl IntoIterator<Item = (&'a u64, &'a R)>,
) -> Result<(), redb::Error> {
    for (number, record) in records {
        let json = serde_json::to_vec(record).map_err(io::Error::from)?;
        table.insert(number, json.as_slice())?;
    }
    Ok(())
}
