//! Which requests a fault touches: each field of `match`, every n-th, as long as it goes on, and no more than it may.

use super::{chaos_monkey, fault, told};
use crate::world::{KEY, World, over_both, world};
use bytes::Bytes;
use fake_factory::{EndedBy, Event};
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Orders two pizzas from store 3 of franchise 7, with a header.
async fn ordered(world: &World, method: &Method, path: &str) -> u16 {
    let pizza = json!({ "menuId": 1, "price": 0.0038 });
    let order = json!({ "id": 1, "storeId": 3, "franchiseId": "7", "items": [pizza, pizza] });
    let request = world
        .request(method, path)
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/json")
        .header("x-diner", "joe")
        .body(Bytes::from(
            json!({ "diner": { "name": "joe" }, "order": order }).to_string(),
        ))
        .expect("a request");
    world.call(request).await.expect("a reply").status
}

async fn statuses(world: &World, count: u64) -> Vec<u16> {
    let mut statuses = Vec::new();
    for id in 0..count {
        statuses.push(world.order(id).await.status);
    }
    statuses
}

over_both! {
    async fn a_match_is_about_what_fits_all_that_it_says(network) {
        let fits: [(Value, bool); 20] = [
            (json!({}), true),
            (json!({ "method": "POST" }), true),
            (json!({ "method": "PUT" }), false),
            (json!({ "method": "*" }), true),
            (json!({ "path": "/api/*" }), true),
            (json!({ "path": "/api/vendor" }), false),
            (json!({ "vendor": "STUDENT" }), true),
            (json!({ "vendor": "somebody" }), false),
            (json!({ "store": "3" }), true),
            (json!({ "store": "4" }), false),
            (json!({ "franchise": "7" }), true),
            (json!({ "franchise": "jwt" }), false),
            (json!({ "header": { "name": "X-Diner" } }), true),
            (json!({ "header": { "name": "x-diner", "value": "joe" } }), true),
            (json!({ "header": { "name": "x-diner", "value": "ann" } }), false),
            (json!({ "header": { "name": "x-nobody" } }), false),
            (json!({ "items": { "at_least": 2, "at_most": 2 } }), true),
            (json!({ "items": { "at_least": 3 } }), false),
            (json!({ "vendor": "student", "store": "3", "items": { "at_most": 2 } }), true),
            (json!({ "vendor": "student", "store": "4" }), false),
        ];
        let plans: Vec<Value> = fits.iter().enumerate().map(|(number, (matches, _))| {
            let mut late = fault(&number.to_string(), json!({ "wrong_content_type": {} }));
            late["match"] = matches.clone();
            late
        }).collect();
        let world = world(&network, json!(plans)).await;
        assert_eq!(ordered(&world, &Method::POST, "/api/order").await, 200);
        for (count, (matches, fits)) in world.factory.fault_counts().iter().zip(&fits) {
            assert_eq!(count.asked, u64::from(*fits), "{matches}");
        }
        // Nothing of it is said of another route.
        assert_eq!(ordered(&world, &Method::GET, "/health").await, 200);
        let asked: u64 = world.factory.fault_counts().iter().map(|count| count.asked).sum();
        assert_eq!(asked, fits.iter().filter(|(_, fits)| *fits).count() as u64);
    }

    async fn every_third_is_every_third(network) {
        let mut third = fault("third", chaos_monkey());
        third["every"] = json!(3);
        let world = world(&network, json!([third])).await;
        assert_eq!(statuses(&world, 7).await, [200, 200, 500, 200, 200, 500, 200]);
        assert_eq!(world.first_counts(), (7, 2));
    }

    async fn a_flapping_fault_is_on_and_off_in_turn(network) {
        let mut flaps = fault("flaps", chaos_monkey());
        flaps["repeat"] = json!({ "on": "400ms", "off": "400ms" });
        flaps["ends"] = json!({ "after": "1600ms" });
        let world = world(&network, json!([flaps])).await;
        let mut seen = Vec::new();
        for turn in 0..5 {
            world.until(200 + turn * 400).await;
            seen.push(world.order(turn).await.status);
        }
        assert_eq!(seen, [500, 200, 500, 200, 200]);
        assert_eq!(world.first_counts(), (2, 2));
    }

    async fn a_fault_of_so_many_requests_touches_exactly_so_many_of_many_at_once(network) {
        for inject in [chaos_monkey(), json!({ "truncate": {} }), json!({ "reset": {} })] {
            let mut few = fault("few", inject.clone());
            few["ends"] = json!({ "after_requests": 5 });
            let world = Arc::new(world(&network, json!([few])).await);
            let mut diners = tokio::task::JoinSet::new();
            for id in 0..64 {
                let world = world.clone();
                diners.spawn(async move { world.try_order(id).await.is_ok_and(|seen| seen.status == 200) });
            }
            let good = diners.join_all().await.into_iter().filter(|good| *good).count();
            assert_eq!(good, 64 - 5, "{inject}");
            assert_eq!(world.first_counts().1, 5, "{inject}");
            assert_eq!(world.order(99).await.status, 200);
            let by: Vec<EndedBy> = told(&world).into_iter().filter_map(|event| match event {
                Event::FaultEndTriggered { by, .. } => Some(by),
                _ => None,
            }).collect();
            assert_eq!(by, [EndedBy::Requests]);
            drop(world);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn a_fault_that_follows_another_starts_when_that_is_over(network) {
        let mut first = fault("first", chaos_monkey());
        first["ends"] = json!({ "after_requests": 2 });
        let mut second = fault("second", json!({ "status": { "code": 418 } }));
        second["follows"] = json!("first");
        second["ends"] = json!({ "after_requests": 1 });
        let mut third = fault("third", json!({ "garbage": {} }));
        third["follows"] = json!("second");
        third["ends"] = json!("mended");
        let world = world(&network, json!([first, second, third])).await;
        assert_eq!(statuses(&world, 3).await, [500, 500, 418]);
        assert!(world.try_order(3).await.is_err());
        world.factory.mend("third").expect("active");
        assert_eq!(world.order(4).await.status, 200);
        assert_eq!(world.pizzas(), 1);
    }

    async fn a_fault_that_lingers_goes_on_after_the_last_of_its_requests(network) {
        let mut few = fault("few", chaos_monkey());
        few["ends"] = json!({ "after_requests": 2 });
        few["lingers"] = json!("300ms");
        let world = world(&network, json!([few])).await;
        assert_eq!(statuses(&world, 4).await, [500, 500, 500, 500]);
        let now = world.clock.elapsed().as_millis();
        world.until(now + 350).await;
        assert_eq!(world.order(9).await.status, 200);
        assert_eq!(world.first_counts(), (4, 4));
    }
}
