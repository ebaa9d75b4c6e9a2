//! A server that is measured: a process of its own, which this one starts and ends.

use anyhow::{Context, bail};
use serde_json::Value;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The key of the vendor who orders.
pub(crate) const KEY: &str = "abcdefghijklmnop";

/// A server on loopback. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    scenario: Option<PathBuf>,
}

/// Whether the factory writes its access log, to nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessLog {
    On,
    Off,
}

impl Server {
    /// A factory that signs with EdDSA, with these faults in JSON, in the form of a scenario file.
    pub(crate) fn factory(faults: Option<&Value>, log: AccessLog) -> anyhow::Result<Self> {
        let program = beside_this("fake-factory")?;
        let mut command = Command::new(program);
        let vendor = format!("student={KEY}");
        command
            .args(["--bind", "127.0.0.1:0", "--algorithm", "EdDSA"])
            .args(["--seed", SEED_TEXT, "--log-format", "json"])
            .args(["--vendor", &vendor]);
        // Several of them run at one time.
        command.env("FAKE_FACTORY_CONTROL_BIND", "127.0.0.1:0");
        command.env(
            "RUST_LOG",
            if log == AccessLog::On { "info" } else { "off" },
        );
        let scenario = faults.map(write_scenario).transpose()?;
        if let Some(path) = &scenario {
            command.arg("--scenario").arg(path);
        }
        let mut server = Self::start(command)?;
        server.scenario = scenario;
        Ok(server)
    }

    /// A bare handler, called with these arguments.
    pub(crate) fn bare(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(env::current_exe().context("failed to find this program")?);
        command.arg("bare").args(arguments);
        Self::start(command)
    }

    /// Starts a server that says its URL in a line of JSON.
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("failed to start {}", command.get_program().display()))?;
        let out = child.stdout.take().context("failed to read its output")?;
        let mut lines = BufReader::new(out).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            let listens = line["event"] == "listening";
            listens.then(|| line["url"].as_str()?.strip_prefix("http://")?.parse().ok())?
        });
        let Some(address) = address else {
            // It may have ended already, which is as good.
            let _ = child.kill();
            let _ = child.wait();
            bail!("failed to start a server: it did not say where it listens");
        };
        // What else it prints is nobody's business, but it must not wait for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Ok(Server {
            child,
            address,
            scenario: None,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(path) = &self.scenario {
            let _ = fs::remove_file(path);
        }
    }
}

/// The seed of every factory here, and what it is called: draws depend on both.
pub(crate) const SEED: u64 = 329;
const SEED_TEXT: &str = "329";
pub(crate) const NAME: &str = "measured";

/// Writes a scenario file with one factory.
fn write_scenario(faults: &Value) -> anyhow::Result<PathBuf> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("bench-{}-{number}.json", std::process::id());
    let path = env::temp_dir().join(name);
    let scenario = serde_json::json!({
        "starts_at": "2024-08-08T09:50:00-06:00",
        "factories": { NAME: { "faults": faults } },
    });
    fs::write(&path, scenario.to_string()).context("failed to write a scenario")?;
    Ok(path)
}

fn beside_this(name: &str) -> anyhow::Result<PathBuf> {
    let this = env::current_exe().context("failed to find this program")?;
    let path = this.with_file_name(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !path.exists() {
        bail!(
            "failed to find {}: build it with `cargo build --release -p fake-factory`",
            path.display()
        );
    }
    Ok(path)
}
