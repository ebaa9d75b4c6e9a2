//! The command line: reads the flags, serves a factory with them, and turns what goes wrong into a message and an exit code. What a
//! factory is and does is the library's business.

mod files;
mod flags;
mod printer;
mod scenario;

use clap::Parser;
use fake_factory::clock::Clock;
use fake_factory::faults::plan::Insisted;
use fake_factory::input::Diagnostics;
use fake_factory::net::Network;
use fake_factory::seed::Seed;
use fake_factory::{Algorithm, ControlError, Event, Factory, Setup, StartError};
use flags::{Flags, LogFormat};
use printer::Printer;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// The input is wrong: nothing was started.
const INPUT: u8 = 2;
/// The machine would not have it: the port is taken, for instance.
const HARNESS: u8 = 3;
/// Interrupted a second time, while it was shutting down.
const INTERRUPTED: u8 = 130;
/// How long requests on their way are waited for at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What ended the program early: the message for its user, and the exit code.
#[derive(Debug)]
struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    fn input(message: impl std::fmt::Display) -> Self {
        Failure {
            message: format!("error: {message}"),
            code: INPUT,
        }
    }

    /// What is wrong with a file, each thing with its own heading.
    fn file(diagnostics: &Diagnostics) -> Self {
        Failure {
            message: diagnostics.render(ansi_on_stderr()),
            code: INPUT,
        }
    }

    fn harness(message: impl std::fmt::Display) -> Self {
        Failure {
            message: format!("error: {message}"),
            code: HARNESS,
        }
    }
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let flags = match Flags::try_parse() {
        Ok(flags) => flags,
        Err(error) => {
            return ExitCode::from(told(&error));
        }
    };
    match flags::check_variables()
        .and_then(|()| start_log(flags.log_format))
        .and_then(|()| run(flags))
    {
        Ok(code) => code,
        Err(Failure { message, code }) => {
            use io::Write;
            let _ = writeln!(anstream::stderr(), "{}", message.trim_end());
            ExitCode::from(code)
        }
    }
}

/// Tells what clap has to say, which is help or an error, and gives the exit code.
fn told(error: &clap::Error) -> u8 {
    use io::Write;
    let printed = error.print();
    for note in flags::notes(error) {
        // Like the error itself: a reader that went away needs it no more.
        let _ = writeln!(anstream::stderr(), "note: {note}");
    }
    match printed {
        _ if error.use_stderr() => INPUT,
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => HARNESS,
        Ok(()) | Err(_) => 0,
    }
}

/// The access log and warnings, on standard error. `RUST_LOG` narrows it.
fn start_log(format: LogFormat) -> Result<(), Failure> {
    let filter = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Err(_) => EnvFilter::new("info"),
        Ok(text) => EnvFilter::try_new(&text).map_err(|error| {
            Failure::input(format!(
                "RUST_LOG is {text:?}, which is no filter of the log: {error}; expected a level such as `warn`, or `access=off`"
            ))
        })?,
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    match format {
        LogFormat::Text => log.with_ansi(ansi_on_stderr()).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}

fn ansi_on_stderr() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

fn run(flags: Flags) -> Result<ExitCode, Failure> {
    let plan = match &flags.scenario {
        Some(path) => scenario::read(path, flags.factory.as_deref())?,
        None => scenario::Chosen::calm(),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::harness(format!("failed to start a runtime: {error}")))?
        .block_on(serve(flags, plan))
}

async fn serve(flags: Flags, chosen: scenario::Chosen) -> Result<ExitCode, Failure> {
    let printer = Arc::new(Printer::new(flags.log_format));
    let heard = printer.clone();
    let clock = Clock::starting_at(jiff::Timestamp::now());
    let seed = flags
        .seed
        .map_or_else(random_seed, |seed| Ok(Seed::new(seed)))?;
    let mut setup = Setup::new(&chosen.name, clock, seed, Network::Tcp, &flags.bind);
    take_files(&flags, &mut setup)?;
    setup.plan = chosen.plan;
    if let Some(starts_at) = chosen.starts_at {
        setup.starts_at = starts_at;
    }
    setup.chaos_start = flags.chaos_start.into();
    setup.report_url = flags.report_url.into();
    setup.control = flags.control();
    setup.vendors = flags.vendors;
    setup.state = flags.state;
    setup.admins = flags.admins;
    setup.observer = Arc::new(move |event: Event| heard.event(&event));
    setup.insisted = Insisted {
        idempotent: flags.idempotent,
        order_delay: flags.order_delay.map(|delay| delay.0),
    };
    let signals = Signals::new()
        .map_err(|error| Failure::harness(format!("failed to listen for signals: {error}")))?;
    printer.planned(&setup.plan, &setup.starts_at);
    let factory = Factory::start(setup)
        .await
        .map_err(|error| not_started(&error))?;
    printer.listening(&factory, flags.tls_cert.as_deref());
    signals.wait_and_end(factory).await
}

/// Gives the factory its keys, of which files may hold some.
fn take_files(flags: &Flags, setup: &mut Setup) -> Result<(), Failure> {
    let algorithm = flags.algorithm.map(Algorithm::from);
    setup.algorithm = algorithm.unwrap_or(setup.algorithm);
    if let Some(path) = &flags.key {
        setup.key = Some(files::signing_key(path, algorithm)?);
    }
    if let (Some(certificate), Some(key)) = (&flags.tls_cert, &flags.tls_key) {
        setup.tls = Some(files::tls(certificate, key)?);
    }
    Ok(())
}

/// A seed that nobody knows beforehand.
fn random_seed() -> Result<Seed, Failure> {
    let mut bytes = [0_u8; 8];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Failure::harness("failed to draw a random seed"))?;
    Ok(Seed::new(u64::from_le_bytes(bytes)))
}

fn not_started(error: &StartError) -> Failure {
    match error {
        StartError::Bind { address, source } if source.kind() == io::ErrorKind::AddrInUse => {
            Failure::harness(format!(
                "failed to listen on {address}: the port is in use; choose another with --bind, port 0 picks a free one"
            ))
        }
        StartError::Control(ControlError::Bind { address, source })
            if source.kind() == io::ErrorKind::AddrInUse =>
        {
            Failure::harness(format!(
                "failed to listen on {address} for the control: the port is in use; choose another with --control-bind, port 0 picks a \
                 free one, `none` does without a control"
            ))
        }
        StartError::Control(ControlError::TokenNeeded { .. }) => Failure::input(format!(
            "failed to {error}; set one with --control-token, or listen on 127.0.0.1 with --control-bind"
        )),
        StartError::Control(ControlError::Token(_)) => Failure::input(format!("failed to {error}")),
        StartError::Vendor { .. } | StartError::State { .. } => {
            Failure::input(format!("failed to {error}"))
        }
        StartError::Bind { .. }
        | StartError::Control(ControlError::Bind { .. })
        | StartError::Signing(_)
        | StartError::Fault(_) => Failure::harness(format!("failed to {error}")),
    }
}

/// The signals that end the program.
struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Signals {})
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits for a signal, then ends `factory` politely; at a second one, at once.
    async fn wait_and_end(mut self, factory: Factory) -> Result<ExitCode, Failure> {
        self.next().await;
        tokio::select! {
            biased;
            () = self.next() => Ok(ExitCode::from(INTERRUPTED)),
            () = factory.shutdown(PATIENCE) => Ok(ExitCode::SUCCESS),
        }
    }
}
