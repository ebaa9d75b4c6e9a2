//! The flags, each also an environment variable, and how their values are read.

mod values;
mod variables;

use clap::{ArgAction, Parser, ValueEnum};
use fake_factory::input::units::HumanDuration;
use fake_factory::{ControlSetup, VendorKey};
use std::path::PathBuf;
pub(super) use variables::{check_variables, notes};

/// A drop-in stand-in for the JWT Pizza factory that breaks on request.
///
/// It listens, prints a vendor key and a curl line that orders a pizza, and serves until it is interrupted. The access log goes to
/// standard error; RUST_LOG narrows it.
///
/// Exit codes: 0 ended by a signal, 2 the input is wrong, 3 the machine would not have it (the port is in use, for instance), 130 a
/// second signal.
#[derive(Debug, Parser)]
#[command(version, after_help = AFTER_HELP)]
pub(super) struct Flags {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, env = "FAKE_FACTORY_BIND", value_name = "HOST:PORT", default_value = "127.0.0.1:4000", value_parser = values::bind)]
    pub(super) bind: String,

    /// A vendor and its key; repeatable (with commas in the variable). A vendor called `student` with a key of its own when left out.
    #[arg(long = "vendor", env = "FAKE_FACTORY_VENDOR", value_name = "ID=KEY", value_delimiter = ',', value_parser = values::vendor)]
    pub(super) vendors: Vec<VendorKey>,

    /// A vendor who is an admin too, and its key; repeatable (with commas in the variable). Nobody is when left out.
    #[arg(long = "admin", env = "FAKE_FACTORY_ADMIN", value_name = "ID=KEY", value_delimiter = ',', value_parser = values::vendor)]
    pub(super) admins: Vec<VendorKey>,

    /// Follow the faults of a factory in this scenario file, on the real clock: the run starts now.
    #[arg(long, env = "FAKE_FACTORY_SCENARIO", value_name = "FILE")]
    pub(super) scenario: Option<PathBuf>,

    /// Which factory of the scenario, by its name; needed when it has several.
    #[arg(
        long,
        env = "FAKE_FACTORY_FACTORY",
        value_name = "NAME",
        requires = "scenario"
    )]
    pub(super) factory: Option<String>,

    /// How long the oven takes to refuse an order of no pizza or of more than 20, and a throttled order to be made [default: 32s, or
    /// the scenario's].
    #[arg(
        long,
        env = "FAKE_FACTORY_ORDER_DELAY",
        value_name = "DURATION",
        allow_hyphen_values = true
    )]
    pub(super) order_delay: Option<HumanDuration>,

    /// When chaos that a vendor asks for starts: at once, or as with the real factory on the next morning.
    #[arg(
        long,
        env = "FAKE_FACTORY_CHAOS_START",
        value_enum,
        value_name = "WHEN",
        default_value_t
    )]
    pub(super) chaos_start: ChaosStart,

    /// The form of report URLs: as the real factory writes them, or such that calling them resolves the fault here.
    #[arg(
        long,
        env = "FAKE_FACTORY_REPORT_URL",
        value_enum,
        value_name = "FORM",
        default_value_t
    )]
    pub(super) report_url: ReportUrl,

    /// What pizzas are signed with [default: what the --key fits, or RS256].
    #[arg(long, env = "FAKE_FACTORY_ALGORITHM", value_enum, ignore_case = true)]
    pub(super) algorithm: Option<Algorithm>,

    /// The private key that pizzas are signed with, as PEM: PKCS#8, PKCS#1 or SEC1, not encrypted. One is made when left out.
    #[arg(long, env = "FAKE_FACTORY_KEY", value_name = "FILE")]
    pub(super) key: Option<PathBuf>,

    /// Serve HTTPS with the certificate in this file, as PEM; the certificates that lead to its root may follow it.
    #[arg(
        long,
        env = "FAKE_FACTORY_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub(super) tls_cert: Option<PathBuf>,

    /// The private key of the certificate, as PEM.
    #[arg(
        long,
        env = "FAKE_FACTORY_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    pub(super) tls_key: Option<PathBuf>,

    /// Return the pizza that was made, and make none, when an order's id or its Idempotency-Key comes again.
    #[arg(
        long,
        env = "FAKE_FACTORY_IDEMPOTENT",
        value_parser = values::switch,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        action = ArgAction::Set,
        default_value = "false",
        hide_default_value = true,
        value_name = "BOOL"
    )]
    pub(super) idempotent: bool,

    /// The seed of everything random (RSA and EC keys aside); drawn when left out.
    #[arg(
        long,
        env = "FAKE_FACTORY_SEED",
        value_name = "N",
        value_parser = values::seed,
        allow_hyphen_values = true
    )]
    pub(super) seed: Option<u64>,

    /// Keep vendors, their chaos and the ledger in this file, over a restart and a crash; it is made where there is none, and without
    /// it they are forgotten at the end. A change is answered when it is on the disk. For a vendor that the file knows, --vendor changes the key and nothing else; `student` keeps
    /// its key. The signing key is not in it: give one with --key, and pizzas made before a restart still verify.
    #[arg(long, env = "FAKE_FACTORY_STATE", value_name = "FILE")]
    pub(super) state: Option<PathBuf>,

    /// Where the control API and its page listen, or `none`; port 0 picks a free one. Beyond this machine, --control-token is needed.
    #[arg(long, env = "FAKE_FACTORY_CONTROL_BIND", value_name = "HOST:PORT", default_value = "127.0.0.1:4001", value_parser = values::control_bind)]
    pub(super) control_bind: ControlBind,

    /// What whoever controls the factory must send, as `Authorization: Bearer TOKEN`: at least 16 letters, digits and -._~+/=.
    #[arg(
        long,
        env = "FAKE_FACTORY_CONTROL_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true
    )]
    pub(super) control_token: Option<Token>,

    /// The form of what is printed and logged.
    #[arg(
        long,
        env = "FAKE_FACTORY_LOG_FORMAT",
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub(super) log_format: LogFormat,
}

const AFTER_HELP: &str = "\
Examples:
  fake-factory --vendor joes-pizza=secret                     one vendor, to order as
  fake-factory --scenario first/first.yaml                    breaks as the scenario says, from now on
  fake-factory --bind 127.0.0.1:0 --log-format json           on a free port, which its first line tells
  FAKE_FACTORY_BIND=0.0.0.0:4000 fake-factory                 each flag is a variable too";

/// Where the control listens, if it does.
#[derive(Clone, Debug)]
pub(super) enum ControlBind {
    None,
    At(String),
}

/// A text that is not to be shown, not even where it is wrong.
#[derive(Clone)]
pub(super) struct Token(String);

impl From<String> for Token {
    fn from(text: String) -> Self {
        Token(text)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token(…)")
    }
}

impl Flags {
    /// How the factory is controlled, if it is.
    pub(super) fn control(&self) -> Option<ControlSetup> {
        match &self.control_bind {
            ControlBind::None => None,
            ControlBind::At(address) => Some(ControlSetup {
                address: address.clone(),
                token: self.control_token.clone().map(|Token(token)| token),
            }),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum ChaosStart {
    #[default]
    Now,
    Scheduled,
}

impl From<ChaosStart> for fake_factory::ChaosStart {
    fn from(start: ChaosStart) -> Self {
        match start {
            ChaosStart::Now => Self::Now,
            ChaosStart::Scheduled => Self::Scheduled,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum ReportUrl {
    Real,
    #[default]
    Reachable,
}

impl From<ReportUrl> for fake_factory::ReportUrl {
    fn from(form: ReportUrl) -> Self {
        match form {
            ReportUrl::Real => Self::Real,
            ReportUrl::Reachable => Self::Reachable,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Algorithm {
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "ES256")]
    Es256,
    #[value(name = "EdDSA")]
    EdDsa,
}

impl From<Algorithm> for fake_factory::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::Es256 => Self::Es256,
            Algorithm::EdDsa => Self::EdDsa,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_are_consistent() {
        Flags::command().debug_assert();
    }

    #[test]
    fn every_flag_is_an_environment_variable() {
        for flag in Flags::command().get_arguments() {
            let long = flag.get_long().expect("a long name");
            let variable = format!("FAKE_FACTORY_{}", long.replace('-', "_").to_uppercase());
            let env = flag.get_env().and_then(std::ffi::OsStr::to_str);
            assert_eq!(env, Some(variable.as_str()));
        }
    }
}
