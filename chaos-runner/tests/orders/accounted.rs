//! Every order is accounted for: with a queue, a fallback and factories that honour the `Idempotency-Key`, nothing that was accepted
//! is lost and nothing is made twice, whatever breaks.

use chaos_runner::diners::{self, DinersSetup, Traffic};
use chaos_runner::order_service::reference::reference_of;
use chaos_runner::order_service::{FactoryAddress, OrderService, ServiceSetup};
use chaos_runner::record::orders::{Believed, Told};
use fake_factory::clock::{Clock, Elapsed};
use fake_factory::net::Network;
use fake_factory::net::client::Client;
use fake_factory::net::memory::MemoryNetwork;
use fake_factory::seed::Seed;
use fake_factory::signing::jwks::Keys;
use fake_factory::{Factory, Setup};
use http::Uri;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const STARTS_AT: &str = "2024-08-08T10:00:00-06:00";

/// The traffic of ten minutes, what the service believes after it, and how often each order was made.
type Run = (Traffic, BTreeMap<String, Believed>, BTreeMap<String, u32>);

async fn factory(
    name: &str,
    faults: Value,
    seed: Seed,
    clock: &Clock,
    network: &Network,
) -> Factory {
    let address = format!("{name}:80");
    let mut setup = Setup::new(name, clock.clone(), seed, network.clone(), &address);
    let plan = json!({ "idempotent": true, "faults": faults });
    setup.plan = serde_json::from_value(plan).expect("a factory");
    setup.starts_at = STARTS_AT.parse().expect("a start");
    Factory::start(setup).await.expect("it starts")
}

fn address(name: &str, factory: &Factory) -> FactoryAddress {
    FactoryAddress {
        name: name.to_owned(),
        url: factory.url(),
        api_key: factory.vendors()[0].key.clone(),
    }
}

async fn keys(client: &Client, factory: &Factory) -> Keys {
    let uri: Uri = format!("{}/.well-known/jwks.json", factory.url())
        .parse()
        .expect("a URI");
    let reply = client.get(&uri, None).await.expect("a reply");
    Keys::parse(reply.body()).expect("keys")
}

async fn run(config: Value, faults: Value, backup_faults: Value, seed: u64) -> Run {
    let seed = Seed::new(seed);
    let clock = Clock::starting_at("2024-08-08T16:00:00Z".parse().expect("a time"));
    let network = Network::Memory(MemoryNetwork::new());
    let hq = factory("hq", faults, seed, &clock, &network).await;
    let backup = factory("backup", backup_faults, seed, &clock, &network).await;
    let client = Client::new(network.clone());
    let all_keys = [keys(&client, &hq).await, keys(&client, &backup).await];
    let service = OrderService::start(ServiceSetup {
        clock: clock.clone(),
        seed,
        network,
        address: "order-service:80".to_owned(),
        config: serde_json::from_value(config).expect("a service"),
        primary: address("hq", &hq),
        fallback: Some(address("backup", &backup)),
        log: Arc::new(|_| {}),
        restart_takes: Duration::ZERO,
    })
    .await
    .expect("it starts");
    let groups =
        json!([{ "name": "lunch", "arrivals": { "poisson": { "rate": "1/s", "until": "5m" } } }]);
    let traffic = diners::run(DinersSetup {
        clock,
        seed,
        client,
        service_url: service.url(),
        groups: serde_json::from_value(groups).expect("groups"),
        starts_at: STARTS_AT.parse().expect("a start"),
        until: Elapsed::from_duration(Duration::from_secs(600)),
        verifier: Arc::new(move |jwt| all_keys.iter().find_map(|keys| keys.verify(jwt).ok())),
    })
    .await
    .expect("it makes sense");
    let mut made = BTreeMap::new();
    for pizza in hq.ledger().into_iter().chain(backup.ledger()) {
        let payload: Value = serde_json::from_str(&pizza.payload).expect("JSON");
        let reference = reference_of(&payload["order"]).expect("a reference");
        *made.entry(reference.to_owned()).or_default() += pizza.count;
    }
    (traffic, service.beliefs(), made)
}

fn injection() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({ "status": { "code": 500 } })),
        Just(json!({ "status": { "code": 503 } })),
        Just(json!({ "status": { "code": 401 } })),
        Just(json!({ "status": { "code": 429, "retry_after": "5s" } })),
        Just(json!({ "latency": { "fixed": "10s" } })),
        Just(json!({ "outage": "refused" })),
        Just(json!({ "outage": "reset" })),
        Just(json!({ "outage": "hang" })),
        Just(json!({ "bad_jwt": {} })),
        Just(json!({ "malformed_body": {} })),
        Just(json!({ "made_but_not_told": {} })),
    ]
}

fn fault(name: &'static str) -> impl Strategy<Value = Value> {
    let share = prop_oneof![Just("100%"), Just("30%")];
    // Not at once: the keys that pizzas are held against are fetched before.
    (injection(), 1_u32..200, 10_u32..120, share).prop_map(move |(inject, starts, lasts, share)| {
        json!([{ "name": name, "starts": format!("{starts}s"), "ends": { "after": format!("{lasts}s") },
                 "requests": share, "inject": inject }])
    })
}

fn service() -> impl Strategy<Value = Value> {
    let retry = prop_oneof![Just(Value::Null), Just(json!({ "attempts": 3 }))];
    let breaker = prop_oneof![
        Just(Value::Null),
        Just(json!({ "failures": 3, "within": "30s", "open_for": "10s" })),
    ];
    let probe = prop_oneof![Just(Value::Null), Just(json!({ "every": "5s" }))];
    (retry, breaker, probe).prop_map(|(retry, breaker, probe)| {
        json!({ "factory": "hq", "factory_timeout": "1s", "retry": retry, "circuit_breaker": breaker,
                "health_probe": probe, "fallback": "backup", "queue": { "capacity": 1000 } })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_is_lost_made_twice_or_left_waiting(
        config in service(), faults in fault("first"), others in fault("second"), seed in any::<u64>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let (traffic, beliefs, made) = runtime.block_on(run(config, faults, others, seed));
        prop_assert!(traffic.orders.len() > 200);
        for order in &traffic.orders {
            prop_assert!(matches!(order.told, Told::Pizza | Told::Accepted), "{order:?}");
            prop_assert_eq!(beliefs.get(&order.reference), Some(&Believed::Fulfilled), "{:?}", order);
            prop_assert_eq!(made.get(&order.reference), Some(&1), "{:?}", order);
        }
    }
}
