//! What the program prints on standard output: what is to break, where it listens, how to order, and what breaks and mends, as it happens. A reader
//! that went away is no error.

use super::flags::LogFormat;
use fake_factory::clock::Elapsed;
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::units::{HumanDuration, StartsAt};
use fake_factory::{EndedBy, Event, Factory, VendorKey};
use serde_json::{Value, json};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// An order that is always good.
const ORDER: &str = r#"{"diner":{"id":1,"name":"Joe","email":"joe@jwt.com"},"order":{"items":[{"menuId":1,"description":"Veggie","price":0.0038}]}}"#;

/// Prints in one of the two forms.
#[derive(Debug)]
pub(super) struct Printer {
    format: LogFormat,
}

impl Printer {
    pub(super) fn new(format: LogFormat) -> Self {
        Printer { format }
    }

    /// Says which faults are to come, in how long.
    pub(super) fn planned(&self, plan: &FactoryPlan, starts_at: &StartsAt) {
        for fault in &plan.faults {
            // A moment that does not resolve is an error, which starting the factory tells.
            let Ok(after) = fault.starts.resolve(starts_at) else {
                continue;
            };
            let (name, kind) = (fault.name.as_str(), fault.inject.kind());
            let follows = fault.follows.as_ref().map(|leader| leader.as_str());
            say(&match (self.format, follows) {
                (LogFormat::Text, Some(leader)) => {
                    format!("fault {name} ({kind}) starts when {leader} is over")
                }
                (LogFormat::Text, None) => {
                    format!("fault {name} ({kind}) starts in {}", HumanDuration(after))
                }
                (LogFormat::Json, Some(leader)) => {
                    json!({ "event": "fault_planned", "fault": name, "kind": kind, "follows": leader })
                        .to_string()
                }
                (LogFormat::Json, None) => {
                    json!({ "event": "fault_planned", "fault": name, "kind": kind, "at": after.as_secs_f64() })
                        .to_string()
                }
            });
        }
    }

    /// Says where the factory listens and how to order from it, by somebody who trusts `certificate` where it speaks TLS.
    pub(super) fn listening(&self, factory: &Factory, certificate: Option<&Path>) {
        let (url, control) = (factory.url(), factory.control_url());
        let trust = certificate.map_or_else(String::new, |path| {
            let quoted = path.display().to_string().replace('\'', r"'\''");
            format!("--cacert '{quoted}' ")
        });
        let curl = factory.vendors().first().or(factory.admins().first());
        let curl = curl.map(|vendor| {
            format!(
                "curl {trust}-X POST {url}/api/order -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{ORDER}'",
                vendor.key
            )
        });
        match self.format {
            LogFormat::Text => {
                say(&format!("fake-factory listens on {url}"));
                if let Some(control) = &control {
                    say(&format!("control it on {control}"));
                }
                for vendor in factory.vendors() {
                    say(&format!("vendor {} has the key {}", vendor.id, vendor.key));
                }
                for admin in factory.admins() {
                    say(&format!("admin {} has the key {}", admin.id, admin.key));
                }
                if let Some(curl) = curl {
                    say(&format!("\nOrder a pizza:\n{curl}\n"));
                }
            }
            LogFormat::Json => {
                let (vendors, admins) = (listed(factory.vendors()), listed(factory.admins()));
                let line = json!({ "event": "listening", "address": factory.address(), "url": url,
                                   "control": control, "vendors": vendors, "admins": admins, "curl": curl });
                say(&line.to_string());
            }
        }
    }

    /// Says what starts, ends and is reported. Pizzas are in the access log.
    pub(super) fn event(&self, event: &Event) {
        let line = match self.format {
            LogFormat::Text => text(event),
            LogFormat::Json => json_line(event).map(|line| line.to_string()),
        };
        if let Some(line) = line {
            say(&line);
        }
    }
}

fn listed(vendors: &[VendorKey]) -> Value {
    let listed = |vendor: &VendorKey| json!({ "id": vendor.id, "key": vendor.key });
    vendors.iter().map(listed).collect()
}

fn text(event: &Event) -> Option<String> {
    let what = match event {
        Event::FaultStarted { name, .. } => format!("fault {name} started"),
        Event::FaultEndTriggered { name, by, .. } => {
            format!("fault {name} is ending: {}", reason(*by))
        }
        Event::FaultEnded { name, .. } => format!("fault {name} ended"),
        Event::Reported {
            fault: Some(name), ..
        } => format!("fault {name} was reported"),
        Event::Reported { fault: None, .. } => "a report resolved nothing".to_owned(),
        Event::FaultAdded { name, .. } => format!("fault {name} added"),
        Event::FaultRemoved { name, .. } => format!("fault {name} removed"),
        Event::Reset { .. } => "everything was reset".to_owned(),
        Event::PizzaMade { .. } | Event::OrderAnswered { .. } => return None,
    };
    Some(format!("{:>10.3} s  {what}", event.at().as_secs_f64()))
}

fn json_line(event: &Event) -> Option<Value> {
    let line = |what: &str, name: Option<&str>, at: Elapsed| json!({ "event": what, "fault": name, "at": at.as_secs_f64() });
    match event {
        Event::FaultStarted { name, at } => Some(line("fault_started", Some(name), *at)),
        Event::FaultEndTriggered { name, at, by } => {
            let mut line = line("fault_end_triggered", Some(name), *at);
            line["by"] = json!(reason(*by));
            Some(line)
        }
        Event::FaultEnded { name, at } => Some(line("fault_ended", Some(name), *at)),
        Event::Reported { fault, at, .. } => Some(line("reported", fault.as_deref(), *at)),
        Event::FaultAdded { name, at } => Some(line("fault_added", Some(name), *at)),
        Event::FaultRemoved { name, at } => Some(line("fault_removed", Some(name), *at)),
        Event::Reset { at } => Some(line("reset", None, *at)),
        Event::PizzaMade { .. } | Event::OrderAnswered { .. } => None,
    }
}

fn reason(by: EndedBy) -> &'static str {
    match by {
        EndedBy::Report => "report",
        EndedBy::Mended => "mended",
        EndedBy::Schedule => "schedule",
        EndedBy::Requests => "requests",
    }
}

fn say(line: &str) {
    let mut out = anstream::stdout().lock();
    let said = writeln!(out, "{line}").and_then(|()| out.flush());
    if let Err(error) = said
        && error.kind() != ErrorKind::BrokenPipe
    {
        // The factory serves all the same; where this fails as well, nobody can be told.
        let _ = writeln!(anstream::stderr(), "error: failed to print: {error}");
    }
}
