//! A disk that loses what was not synced, breaks at a chosen operation, and can be mended.

use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

/// The most bytes that fit on it.
const SIZE_MAX: u64 = 64 * 1024 * 1024;

/// Every clone is the same disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk(Arc<Mutex<Plates>>);

#[derive(Debug, Default)]
struct Plates {
    /// What is read.
    seen: Vec<u8>,
    /// What a power cut leaves at least.
    synced: Vec<u8>,
    /// What was written since the last sync.
    unsynced: Vec<(u64, Vec<u8>)>,
    /// The changing operations so far.
    operations: u64,
    /// The operation from which on all fail.
    breaks_at: Option<u64>,
}

impl Disk {
    /// Has every operation fail that would change something, from the `number`-th from now on.
    pub(super) fn break_after(&self, number: u64) {
        let mut plates = self.plates();
        plates.breaks_at = Some(plates.operations + number);
    }

    pub(super) fn mend(&self) {
        self.plates().breaks_at = None;
    }

    /// The changing operations so far.
    pub(super) fn operations(&self) -> u64 {
        self.plates().operations
    }

    /// The disk as a power cut leaves it: what was synced, and those later writes that `keep` tells by number.
    pub(super) fn after_power_cut(&self, keep: impl Fn(usize) -> bool) -> Disk {
        let plates = self.plates();
        let mut left = plates.synced.clone();
        for (number, (offset, data)) in plates.unsynced.iter().enumerate() {
            if keep(number) {
                put(&mut left, *offset, data);
            }
        }
        Disk(Arc::new(Mutex::new(Plates {
            seen: left.clone(),
            synced: left,
            ..Plates::default()
        })))
    }

    fn plates(&self) -> MutexGuard<'_, Plates> {
        self.0.lock().expect("no panic")
    }

    fn change(&self, change: impl FnOnce(&mut Plates)) -> io::Result<()> {
        let mut plates = self.plates();
        if plates
            .breaks_at
            .is_some_and(|limit| plates.operations >= limit)
        {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        plates.operations += 1;
        change(&mut plates);
        Ok(())
    }
}

fn put(bytes: &mut Vec<u8>, offset: u64, data: &[u8]) {
    let from = usize::try_from(offset).expect("small");
    let to = from + data.len();
    if bytes.len() < to {
        bytes.resize(to, 0);
    }
    bytes[from..to].copy_from_slice(data);
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.plates().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let plates = self.plates();
        let from = usize::try_from(offset).expect("small");
        let read = plates.seen.get(from..from + out.len());
        out.copy_from_slice(read.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        assert!(len <= SIZE_MAX, "{len}");
        self.change(|plates| {
            let len = usize::try_from(len).expect("small");
            plates.seen.resize(len, 0);
            // A file system writes its journal in order; a length is not lost on its own.
            plates.synced.resize(len, 0);
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.change(|plates| {
            plates.synced = plates.seen.clone();
            plates.unsynced.clear();
        })
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(|plates| {
            put(&mut plates.seen, offset, data);
            plates.unsynced.push((offset, data.to_vec()));
        })
    }
}
