//! The rooms of a run, each opened with the clock, the seed and the network of the stage: factories, order service, people,
//! monitoring, diners.

use super::StageError;
use super::books::Books;
use super::monitor::{Delivered, Monitor, MonitorHandle, MonitorSetup, ShadowPlan, Watch};
use super::observe::Observing;
use super::planned::first_fault;
use super::{phase, shadow_plan};
use crate::alerting::alertmanager::Config;
use crate::alerting::notify::Routes;
use crate::alerting::notify::written::routing_of;
use crate::alerting::rules::RuleGroup;
use crate::diners::{self, DinersSetup, Traffic, Verifier};
use crate::order_service::log::{Level as ServiceLevel, LogLine as ServiceLine};
use crate::order_service::{FactoryAddress, OrderService, ServiceSetup};
use crate::record::PhaseRecord;
use crate::responders::kitchens::Kitchens;
use crate::responders::{Acts, OnCall};
use crate::scenario::Scenario;
use crate::scenario::expect::Expectation;
use crate::scenario::load::Loaded;
use crate::scenario::order_service::FactoryTarget;
use crate::scenario::receivers;
use crate::telemetry::logs::{Level, LogLine, Logs};
use crate::telemetry::scrape::Target;
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::net::client::Client;
use fake_factory::seed::Seed;
use fake_factory::{Factory, Keys, Setup};
use http::Uri;
use promql::Query;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

/// How long a factory may take to open on the real clock: it makes an RSA key, which takes 60 ms, and more where the machine is busy.
const OPENING_EACH: Duration = Duration::from_secs(1);

/// What every room of a run is opened with.
pub(super) struct Stage<'l> {
    loaded: &'l Loaded,
    pub(super) clock: Clock,
    pub(super) phase: PhaseRecord,
    seed: Seed,
    network: Network,
    client: Client,
    logs: Logs,
}

impl<'l> Stage<'l> {
    /// An empty stage. Its clock starts now in simulated time; on the real clock once there was time for the rooms to open, or the
    /// first orders would be late.
    pub(super) fn new(loaded: &'l Loaded, seed: u64, network: Network) -> Self {
        let seed = Seed::new(seed);
        let factories = u32::try_from(loaded.scenario.factories.len()).unwrap_or(u32::MAX);
        let lead = match network {
            Network::Memory(_) => Duration::ZERO,
            Network::Tcp => OPENING_EACH.saturating_mul(factories),
        };
        Stage {
            loaded,
            clock: Clock::starting_in(lead, loaded.scenario.starts_at.timestamp()),
            phase: phase::observed(
                &loaded.scenario.monitoring,
                groups(loaded),
                seed.of("phase"),
            ),
            seed,
            client: Client::new(network.clone()),
            network,
            logs: Logs::new(),
        }
    }

    fn scenario(&self) -> &'l Scenario {
        &self.loaded.scenario
    }

    /// An address to listen on: a name of its own on an in-memory network, any free port over TCP.
    fn address(&self, name: &str) -> String {
        match self.network {
            Network::Memory(_) => format!("{name}:80"),
            Network::Tcp => "127.0.0.1:0".to_owned(),
        }
    }

    /// Starts every factory of the scenario.
    pub(super) async fn open_factories(&self, books: &Books) -> Result<Kitchens, StageError> {
        let mut factories = BTreeMap::new();
        for (name, plan) in &self.scenario().factories {
            let address = self.address(name);
            let clock = self.clock.clone();
            let setup = Setup::new(name, clock, self.seed, self.network.clone(), &address);
            let factory = Factory::start(Setup {
                plan: plan.clone(),
                starts_at: self.scenario().starts_at.value.clone(),
                observer: books.observer(),
                ..setup
            });
            let factory = factory.await.map_err(|source| StageError::Factory {
                name: name.value.clone(),
                source,
            })?;
            factories.insert(name.value.clone(), factory);
        }
        Ok(Kitchens::new(factories, self.client.clone()))
    }

    /// Starts the order service.
    pub(super) async fn open_service(
        &self,
        kitchens: &Kitchens,
    ) -> Result<Arc<OrderService>, StageError> {
        let config = &self.scenario().order_service;
        let primary = match &config.factory.value {
            FactoryTarget::Named(name) => address_of(kitchens, name)?,
            FactoryTarget::Unresolvable(host) => FactoryAddress {
                name: host.clone(),
                url: format!("http://{host}"),
                api_key: "unresolvable".to_owned(),
            },
        };
        let fallback = config
            .fallback
            .as_ref()
            .map(|name| address_of(kitchens, name));
        let logs = self.logs.clone();
        let service = OrderService::start(ServiceSetup {
            clock: self.clock.clone(),
            seed: self.seed,
            network: self.network.clone(),
            address: self.address("order-service"),
            config: config.clone(),
            primary,
            fallback: fallback.transpose()?,
            log: Arc::new(move |line| logs.write(log_line(line))),
            restart_takes: Duration::ZERO,
        });
        Ok(Arc::new(service.await.map_err(StageError::OrderService)?))
    }

    /// Has the responders wait for their pages, or for the moment at which they look.
    pub(super) fn send_people(
        &self,
        kitchens: &Kitchens,
        acts: &Acts,
        pages: &broadcast::Sender<Delivered>,
    ) -> Vec<JoinHandle<()>> {
        let people = self.scenario().responders.iter().map(|responder| {
            let on_call = OnCall {
                responder: responder.clone(),
                clock: self.clock.clone(),
                starts_at: self.scenario().starts_at.value.clone(),
                kitchens: kitchens.clone(),
                acts: acts.clone(),
            };
            tokio::spawn(on_call.run(pages.subscribe()))
        });
        people.collect()
    }

    /// The monitoring, ready to run.
    pub(super) fn monitor(
        &self,
        service: &OrderService,
        pages: broadcast::Sender<Delivered>,
        observer: Option<Observing>,
    ) -> Result<(Monitor, MonitorHandle), StageError> {
        let monitoring = &self.scenario().monitoring;
        let channels = monitoring.channels.iter();
        let channels: BTreeMap<String, Duration> = channels
            .map(|(name, channel)| (name.value.clone(), channel.delay.0))
            .collect();
        let routes = self.routes()?;
        let uri: Uri = format!("{}/metrics", service.url())
            .parse()
            .map_err(|error: http::uri::InvalidUri| StageError::Monitoring(error.to_string()))?;
        Ok(Monitor::new(MonitorSetup {
            clock: self.clock.clone(),
            client: self.client.clone(),
            targets: vec![Target {
                job: "order-service".to_owned(),
                instance: "order-service:80".to_owned(),
                uri,
            }],
            logs: self.logs.clone(),
            scrape_interval: monitoring.scrape_interval.0,
            evaluation_interval: monitoring.evaluation_interval.0,
            phase: self.phase.clone(),
            groups: groups(self.loaded).cloned().collect(),
            shadows: self.shadows(),
            routes,
            channels,
            watches: self.watches()?,
            pages,
            observer,
        }))
    }

    /// Which alert goes to which channel.
    fn routes(&self) -> Result<Routes, StageError> {
        let monitoring = &self.scenario().monitoring;
        let failed = |error: &dyn ToString| StageError::Monitoring(error.to_string());
        let through = |config: &Config| {
            let routing = receivers::routing(config, monitoring);
            Routes::through(&routing).map_err(|error| failed(&error))
        };
        let routes = match (&monitoring.route, &self.loaded.alertmanager) {
            (_, Some(named)) => through(&named.config)?,
            (Some(route), None) => {
                let routing = routing_of(route).map_err(|error| failed(&error))?;
                Routes::through(&routing).map_err(|error| failed(&error))?
            }
            (None, None) => {
                let channels = monitoring.channels.keys();
                Routes::to_all(channels.map(|name| name.value.clone()))
            }
        };
        match &self.loaded.grafana.routing {
            None => Ok(routes),
            Some(grafana) => Ok(routes.behind(&grafana.takes, through(&grafana.config)?)),
        }
    }

    /// What is watched for at other phases: nothing on the real clock, where it would ask more of a real service.
    fn shadows(&self) -> ShadowPlan {
        let monitoring = &self.scenario().monitoring;
        match self.network {
            Network::Memory(_) => ShadowPlan {
                phases: phase::others(monitoring, groups(self.loaded), &self.phase),
                wanted: shadow_plan::wanted(self.scenario()),
            },
            Network::Tcp => ShadowPlan::default(),
        }
    }

    /// The expressions of `promql` expectations, in the order of the file.
    fn watches(&self) -> Result<Vec<Watch>, StageError> {
        let scenario = self.scenario();
        let failed = |error: &dyn ToString| StageError::Monitoring(error.to_string());
        let mut watches = Vec::new();
        for expected in &scenario.expect {
            let Expectation::Promql(promql) = &expected.value else {
                continue;
            };
            let at = promql.at.as_ref().map(|moment| {
                let offset = moment.resolve_from(first_fault(scenario), &scenario.starts_at);
                offset.map(Elapsed::from_duration)
            });
            watches.push(Watch {
                expr: promql.expr.value.clone(),
                query: Query::parse(&promql.expr).map_err(|error| failed(&error))?,
                at: at.transpose().map_err(|error| failed(&error))?,
            });
        }
        Ok(watches)
    }

    /// Lets the diners order until the end.
    pub(super) async fn drive(
        &self,
        kitchens: &Kitchens,
        service: &OrderService,
        until: Elapsed,
    ) -> Result<Traffic, StageError> {
        let setup = DinersSetup {
            clock: self.clock.clone(),
            seed: self.seed,
            client: self.client.clone(),
            service_url: service.url(),
            groups: self.scenario().diners.clone(),
            starts_at: self.scenario().starts_at.value.clone(),
            until,
            verifier: verifier(kitchens, self.clock.clone()),
        };
        diners::run(setup).await.map_err(StageError::Diners)
    }
}

/// Judges JWTs by the keys of all factories of the run, and by its clock.
fn verifier(kitchens: &Kitchens, clock: Clock) -> Verifier {
    let keys: Vec<Keys> = kitchens.iter().map(|(_, factory)| factory.keys()).collect();
    Arc::new(move |jwt| {
        let now = clock.now();
        keys.iter().find_map(|keys| keys.verify_at(jwt, now).ok())
    })
}

/// Every group of rules, in the order of the files.
fn groups(loaded: &Loaded) -> impl Iterator<Item = &RuleGroup> {
    loaded.rules.iter().flat_map(|rules| &rules.groups)
}

fn address_of(kitchens: &Kitchens, name: &str) -> Result<FactoryAddress, StageError> {
    let unknown = || StageError::Monitoring(format!("no factory is called {name}"));
    let factory = kitchens.get(name).ok_or_else(unknown)?;
    let vendor = factory.vendors().first().ok_or_else(unknown)?;
    Ok(FactoryAddress {
        name: name.to_owned(),
        url: factory.url(),
        api_key: vendor.key.clone(),
    })
}

fn log_line(line: ServiceLine) -> LogLine {
    let fields = line
        .fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    LogLine {
        at: line.at,
        level: match line.level {
            ServiceLevel::Info => Level::Info,
            ServiceLevel::Warn => Level::Warn,
            ServiceLevel::Error => Level::Error,
        },
        component: line.component.to_owned(),
        kind: line.kind.name().to_owned(),
        message: line.message,
        fields: fields.collect(),
    }
}
