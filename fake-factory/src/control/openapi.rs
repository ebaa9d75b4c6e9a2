//! The control API as data, and the OpenAPI document that is made of it. The types say what goes over the wire.

use super::problem::Problem;
use super::{Control, catalogue, faults, ledger, scenario, state, vendors};
use crate::faults::plan::FaultPlan;
use crate::openapi::{Api, Content, Group, Operation, Parameter, Reply};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use std::sync::Arc;

/// What the token is.
const TOKEN: &str = "The token of `--control-token`.";

const API: Api = Api {
    title: "Control of a fake factory",
    description: "Breaks and mends a fake factory while it runs, on a listener of its own, so that it answers while the factory refuses \
         connections. Every refusal is JSON with a `message` and, where one thing is wrong, its `field`.",
    key: Some(TOKEN),
    groups: &[FACTORY, FAULTS, VENDORS, LEDGER, EVENTS],
};

const fn refused(status: u16, description: &'static str) -> Reply {
    Reply::new(status, description, Content::json::<Problem>())
}

const BAD: Reply = refused(
    400,
    "Something about the request is wrong: `field` names it.",
);
const NO_TOKEN: Reply = refused(401, "There is a token, and the request does not have it.");
const NOT_HERE: Reply = refused(
    403,
    "A page of another site, or a name that is not this machine's.",
);
const NO_FAULT: Reply = refused(404, "No fault is called so.");
const TOO_LARGE: Reply = refused(413, "The body has more than 1 MiB.");
const NO_TYPE: Reply = refused(415, "The body is not of a type that is read here.");
const NOT_STORED: Reply = refused(500, "The state file cannot be written.");

const FAULT: Content = Content::json::<faults::FaultView>();
const NAME: &[Parameter] =
    &[Parameter::path::<String>("name", "The name of the fault.").such_as("bug")];
const PLAN: Content = Content::json::<FaultPlan>().such_as(
    r#"{"name":"bug","ends":"on_report","inject":{"status":{"code":500,"report_url":true}}}"#,
);

const FACTORY: Group = Group {
    name: "factory",
    description: "The factory as a whole.",
    operations: &[
        Operation::get("/control/state", "state", "The state at a glance")
            .keyed()
            .gives(&[
                Reply::new(200, "The state.", Content::json::<state::Glance>()),
                BAD,
                NO_TOKEN,
                NOT_HERE,
            ]),
        Operation::post("/control/reset", "reset", "Forget every fault, all chaos and the ledger; the vendors stay")
            .keyed()
            .gives(&[
                Reply::empty(204, "All is forgotten."),
                BAD,
                NO_TOKEN,
                NOT_HERE,
                NOT_STORED,
            ]),
        Operation::put("/control/scenario", "loadScenario", "Put what a scenario says of a factory in the place of all that was said of this one, in one step")
            .keyed()
            .with(&[Parameter::query::<String>(
                "factory",
                "Which factory of the scenario; needed when it has several.",
            )])
            .takes(Content::text(scenario::TYPES).such_as(
                "starts_at: 2024-08-08T09:50:00-06:00\nfactories:\n  headquarters:\n    faults:\n      \
                 - { name: bug, starts: 5s, ends: { after: 1m }, inject: { status: { code: 500 } } }\n",
            ))
            .gives(&[
                Reply::new(200, "The factory follows the scenario, whose run starts now.", Content::json::<scenario::Loaded>()),
                BAD,
                NO_TOKEN,
                NOT_HERE,
                TOO_LARGE,
                NO_TYPE,
                NOT_STORED,
            ]),
        Operation::get("/control/openapi.json", "openapi", "This document")
            .keyed()
            .gives(&[
                Reply::new(200, "OpenAPI 3.1.", Content::json::<serde_json::Value>()),
                BAD,
                NO_TOKEN,
                NOT_HERE,
            ]),
    ],
};

const FAULTS: Group = Group {
    name: "faults",
    description: "What breaks. At most 1,000 faults at one time.",
    operations: &[
        Operation::get(
            "/control/faults",
            "listFaults",
            "All faults, with how often each was asked and struck",
        )
        .keyed()
        .gives(&[
            Reply::new(
                200,
                "In the order in which they are asked.",
                Content::json::<faults::Listed>(),
            ),
            BAD,
            NO_TOKEN,
            NOT_HERE,
        ]),
        Operation::post(
            "/control/faults",
            "addFault",
            "Add a fault; its offsets count from now, its clock times are UTC",
        )
        .keyed()
        .takes(PLAN)
        .gives(&[
            Reply::new(201, "It is the last of the list.", FAULT),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            refused(409, "Its name is taken, or the list is full."),
            TOO_LARGE,
            NO_TYPE,
            NOT_STORED,
        ]),
        Operation::post(
            "/control/faults/stop",
            "stopFaults",
            "End every fault and the chaos of every vendor at once",
        )
        .keyed()
        .gives(&[
            Reply::new(
                200,
                "How many had not ended.",
                Content::json::<faults::Stopped>(),
            ),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            NOT_STORED,
        ]),
        Operation::get("/control/faults/{name}", "fault", "One fault")
            .keyed()
            .with(NAME)
            .gives(&[
                Reply::new(200, "The fault.", FAULT),
                BAD,
                NO_TOKEN,
                NOT_HERE,
                NO_FAULT,
            ]),
        Operation::put(
            "/control/faults/{name}",
            "replaceFault",
            "Put another in the place of a fault; it starts anew. The name may be left out",
        )
        .keyed()
        .with(NAME)
        .takes(PLAN)
        .gives(&[
            Reply::new(200, "The new one.", FAULT),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            NO_FAULT,
            TOO_LARGE,
            NO_TYPE,
            NOT_STORED,
        ]),
        Operation::new(
            "DELETE",
            "/control/faults/{name}",
            "removeFault",
            "End a fault and take it off the list",
        )
        .keyed()
        .with(NAME)
        .gives(&[
            Reply::empty(204, "It is gone."),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            NO_FAULT,
            NOT_STORED,
        ]),
        Operation::post(
            "/control/faults/{name}/stop",
            "stopFault",
            "End a fault at once, whatever its plan says",
        )
        .keyed()
        .with(NAME)
        .gives(&[
            Reply::new(200, "It is over.", FAULT),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            NO_FAULT,
            NOT_STORED,
        ]),
        Operation::get(
            "/control/catalogue",
            "catalogue",
            "Every kind of fault, with a sentence and an example",
        )
        .keyed()
        .gives(&[
            Reply::new(
                200,
                "The catalogue.",
                Content::json::<catalogue::Catalogue>(),
            ),
            BAD,
            NO_TOKEN,
            NOT_HERE,
        ]),
    ],
};

const VENDORS: Group = Group {
    name: "vendors",
    description: "Who may order, and the chaos that each asked for.",
    operations: &[
        Operation::get(
            "/control/vendors",
            "listVendors",
            "All vendors, with their keys and login codes",
        )
        .keyed()
        .gives(&[
            Reply::new(
                200,
                "In the order of their ids.",
                Content::json::<vendors::Listed>(),
            ),
            BAD,
            NO_TOKEN,
            NOT_HERE,
        ]),
        Operation::post(
            "/control/vendors/{id}/chaos/start",
            "startChaos",
            "Have the chaos that a vendor has scheduled start now",
        )
        .keyed()
        .with(&[Parameter::path::<String>("id", "The id of the vendor.").such_as("student")])
        .gives(&[
            Reply::new(200, "The vendor.", Content::json::<vendors::VendorView>()),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            refused(404, "No vendor has this id."),
            refused(409, "It has no chaos that is still to start."),
            NOT_STORED,
        ]),
    ],
};

const LEDGER: Group = Group {
    name: "ledger",
    description: "What was made for whom, and how often.",
    operations: &[Operation::get(
        "/control/ledger",
        "ledger",
        "A page of the orders that were made, the newest first",
    )
    .keyed()
    .with(&[
        Parameter::query::<String>("vendor", "Only those of this vendor, by id."),
        Parameter::query::<String>("order", "Only those with this id."),
        Parameter::query::<u64>(
            "offset",
            "How many to leave out first: 0 unless it is said.",
        ),
        Parameter::query::<u16>(
            "limit",
            "How many to tell: 100 unless it is said, and 1,000 at most.",
        ),
    ])
    .gives(&[
        Reply::new(200, "The page.", Content::json::<ledger::Page>()),
        BAD,
        NO_TOKEN,
        NOT_HERE,
    ])],
};

const EVENTS: Group = Group {
    name: "events",
    description: "What happens, as it happens.",
    operations: &[
        Operation::get(
            "/control/events",
            "events",
            "A stream of server-sent events: the last 256 first, then each as it comes. `order`, `pizza`, `fault`, `report` and `reset` \
             have their time as `at` and `elapsed`; `missed` says how many a slow reader was not sent",
        )
        .keyed()
        .with(&[Parameter::header::<u64>(
            "Last-Event-ID",
            "The number of the last event that was read: the stream goes on after it.",
        )])
        .gives(&[
            Reply::new(200, "The stream.", Content::text(&["text/event-stream"])),
            BAD,
            NO_TOKEN,
            NOT_HERE,
            refused(503, "64 streams are open already."),
        ]),
    ],
};

/// GET /control/openapi.json.
pub(super) async fn document(State(control): State<Arc<Control>>) -> Response {
    let key = control.guard.asks().then_some(TOKEN);
    let document = Api { key, ..API }.document();
    let json = (header::CONTENT_TYPE, "application/json");
    ([json], format!("{document:#}\n")).into_response()
}
