//! Faults listed, added, changed, stopped and removed while the factory runs.

use crate::world::{World, controlled, over_both};
use fake_factory::net::client::CallError;
use http::Method;
use serde_json::{Value, json};

/// A fault that answers every order with `code`.
fn status(name: &str, code: u16) -> Value {
    json!({ "name": name, "inject": { "status": { "code": code } } })
}

async fn add(world: &World, plan: &Value) -> Value {
    let added = world
        .control_send(Method::POST, "/control/faults", plan)
        .await;
    assert_eq!(added.status, 201, "{}", added.body);
    added.body
}

async fn fault(world: &World, name: &str) -> Value {
    let path = format!("/control/faults/{name}");
    let shown = world.control(Method::GET, &path).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    shown.body
}

over_both! {
    async fn a_fault_is_added_counted_stopped_and_removed(network) {
        let world = controlled(&network, json!([])).await;
        let plan = json!({ "name": "b/ug", "inject": { "status": { "code": 503, "report_url": true } }, "ends": "on_report" });
        let added = world.control_send(Method::POST, "/control/faults", &plan).await;
        assert_eq!(added.status, 201);
        assert_eq!(added.reply.headers()["location"], "/control/faults/b%2Fug");
        let view = &added.body;
        assert_eq!((&view["name"], &view["kind"], &view["phase"]), (&json!("b/ug"), &json!("status"), &json!("active")));
        assert_eq!((&view["touching"], &view["ends"], &view["ended_at"]), (&json!(true), &json!("on_report"), &Value::Null));
        assert_eq!((&view["asked"], &view["injected"]), (&json!(0), &json!(0)));
        assert_eq!(view["plan"]["inject"]["status"]["code"], 503);

        let broken = world.order("a").await;
        assert_eq!(broken.status, 503);
        let counted = fault(&world, "b%2Fug").await;
        assert_eq!((&counted["asked"], &counted["injected"]), (&json!(1), &json!(1)));
        assert_eq!(counted["report_url"], broken.body["reportUrl"]);

        let stopped = world.control(Method::POST, "/control/faults/b%2Fug/stop").await;
        assert_eq!((stopped.status, &stopped.body["phase"]), (200, &json!("ended")));
        assert_eq!((&stopped.body["touching"], &stopped.body["report_url"]), (&json!(false), &Value::Null));
        assert!(stopped.body["ended_at"].as_f64() >= stopped.body["starts_at"].as_f64());
        assert_eq!(world.order("a").await.status, 200);
        let again = world.control(Method::POST, "/control/faults/b%2Fug/stop").await;
        assert_eq!((again.status, &again.body["ended_at"]), (200, &stopped.body["ended_at"]));

        assert_eq!(world.control(Method::DELETE, "/control/faults/b%2Fug").await.status, 204);
        for (method, path) in [
            (Method::GET, "/control/faults/b%2Fug"),
            (Method::DELETE, "/control/faults/b%2Fug"),
            (Method::POST, "/control/faults/b%2Fug/stop"),
        ] {
            let gone = world.control(method, path).await;
            assert_eq!((gone.status, &gone.body["message"]), (404, &json!("there is no fault `b/ug`")));
        }
        assert_eq!(world.control(Method::GET, "/control/faults").await.body, json!({ "faults": [] }));
    }

    async fn removing_a_fault_ends_it(network) {
        let world = controlled(&network, json!([status("bug", 500)])).await;
        assert_eq!(world.order("a").await.status, 500);
        assert_eq!(world.control(Method::DELETE, "/control/faults/bug").await.status, 204);
        assert_eq!(world.order("a").await.status, 200);
    }

    async fn a_name_that_is_taken_is_a_conflict(network) {
        let world = controlled(&network, json!([status("bug", 500)])).await;
        let taken = world.control_send(Method::POST, "/control/faults", &status("bug", 503)).await;
        assert_eq!((taken.status, &taken.body["field"]), (409, &json!("name")));
        assert_eq!(taken.body["message"], "another fault is called `bug`");
        assert_eq!(world.order("a").await.status, 500);
    }

    async fn a_fault_is_replaced_and_starts_anew(network) {
        let world = controlled(&network, json!([status("bug", 500), status("other", 404)])).await;
        assert_eq!(world.order("a").await.status, 500);
        let nameless = json!({ "inject": { "status": { "code": 503 } } });
        let replaced = world.control_send(Method::PUT, "/control/faults/bug", &nameless).await;
        assert_eq!((replaced.status, &replaced.body["name"]), (200, &json!("bug")));
        assert_eq!((&replaced.body["asked"], &replaced.body["phase"]), (&json!(0), &json!("active")));
        assert_eq!(world.order("a").await.status, 503, "it keeps its place before the other");

        let otherwise = world.control_send(Method::PUT, "/control/faults/bug", &status("bag", 503)).await;
        assert_eq!((otherwise.status, &otherwise.body["field"]), (400, &json!("name")));
        let unknown = world.control_send(Method::PUT, "/control/faults/none", &status("none", 503)).await;
        assert_eq!(unknown.status, 404);
    }

    async fn a_plan_may_be_sent_back_as_it_was_told(network) {
        let world = controlled(&network, json!([status("first", 404)])).await;
        let plans = [
            json!({ "name": "plain", "inject": { "latency": { "fixed": "10ms" } } }),
            json!({ "name": "nth", "every": 3, "inject": { "status": { "code": 500 } } }),
            json!({ "name": "next", "follows": "first", "inject": { "status": { "code": 500 } } }),
            json!({ "name": "share", "requests": "30%", "starts": "1m", "ends": { "after": "2m" }, "lingers": "5s",
                    "repeat": { "on": "1s", "off": "2s" }, "match": { "path": "/api/*", "method": "*" }, "inject": { "bad_jwt": {} } }),
            json!({ "name": "wire", "starts": "1h", "ends": "mended", "inject": { "outage": "reset" } }),
        ];
        for plan in plans {
            let told = add(&world, &plan).await["plan"].clone();
            let path = format!("/control/faults/{}", told["name"].as_str().expect("a name"));
            let replaced = world.control_send(Method::PUT, &path, &told).await;
            assert_eq!(replaced.status, 200, "{}", replaced.body);
            assert_eq!(replaced.body["plan"], told);
        }
    }

    async fn moments_of_a_fault_that_is_added_count_from_now(network) {
        let world = controlled(&network, json!([])).await;
        world.until(300).await;
        let plan = json!({ "name": "bug", "starts": "200ms", "ends": { "after": "200ms" }, "inject": { "status": { "code": 500 } } });
        let added = add(&world, &plan).await;
        assert_eq!((&added["phase"], &added["touching"]), (&json!("pending"), &json!(false)));
        let starts = added["starts_at"].as_f64().expect("a moment");
        assert!(starts >= 0.5, "{starts}");
        assert_eq!(world.order("a").await.status, 200);
        let micros = |seconds: f64| std::time::Duration::from_secs_f64(seconds);
        let at = |seconds| fake_factory::clock::Elapsed::from_duration(micros(seconds));
        world.clock.sleep_until(at(starts + 0.1)).await;
        assert_eq!(world.order("a").await.status, 500);
        world.clock.sleep_until(at(starts + 0.3)).await;
        assert_eq!(world.order("a").await.status, 200);
        let ended = fault(&world, "bug").await;
        assert_eq!((&ended["phase"], &ended["ends"]), (&json!("ended"), &json!({ "after": "200ms" })));
    }

    async fn one_call_ends_every_fault_and_all_chaos(network) {
        let plans = json!([status("bug", 500), { "name": "later", "starts": "1h", "inject": { "bad_jwt": {} } }]);
        let world = controlled(&network, plans).await;
        world.send(Method::PUT, "/api/vendor/chaos/fail", &json!({})).await;
        let stopped = world.control(Method::POST, "/control/faults/stop").await;
        assert_eq!((stopped.status, stopped.body), (200, json!({ "stopped": 3 })));
        assert_eq!(world.order("a").await.status, 200);
        let again = world.control(Method::POST, "/control/faults/stop").await;
        assert_eq!(again.body, json!({ "stopped": 0 }));
        let list = world.control(Method::GET, "/control/faults").await.body;
        let phases: Vec<&Value> = list["faults"].as_array().expect("faults").iter().map(|fault| &fault["phase"]).collect();
        assert_eq!(phases, ["ended", "ended"]);
    }

    async fn a_fault_called_stop_is_a_fault_like_any_other(network) {
        let world = controlled(&network, json!([status("stop", 500)])).await;
        assert_eq!(fault(&world, "stop").await["name"], "stop");
        let replaced = world.control_send(Method::PUT, "/control/faults/stop", &status("stop", 503)).await;
        assert_eq!(replaced.status, 200);
        assert_eq!(world.control(Method::POST, "/control/faults/stop/stop").await.body["phase"], "ended");
        assert_eq!(world.control(Method::DELETE, "/control/faults/stop").await.status, 204);
    }

    async fn the_control_answers_while_the_factory_refuses_and_mends_it(network) {
        let world = controlled(&network, json!([])).await;
        assert_eq!(world.order("a").await.status, 200);
        add(&world, &json!({ "name": "down", "inject": { "outage": "refused" } })).await;
        let mut refused = world.try_order("b").await;
        // A connection that was open is cut first.
        for _ in 0..100 {
            if matches!(refused, Err(CallError::Refused(_))) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            refused = world.try_order("b").await;
        }
        assert!(matches!(refused, Err(CallError::Refused(_))), "{refused:?}");
        let state = world.control(Method::GET, "/control/state").await;
        assert_eq!((state.status, &state.body["ready"]), (200, &json!(false)));
        assert_eq!(world.control(Method::POST, "/control/faults/down/stop").await.status, 200);
        let mut mended = world.try_order("b").await;
        for _ in 0..100 {
            if mended.is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            mended = world.try_order("b").await;
        }
        assert_eq!(mended.expect("it is open again").status, 200);
    }

    async fn what_is_wrong_with_a_fault_is_told_by_its_field(network) {
        let world = controlled(&network, json!([])).await;
        let cases = [
            (json!({ "name": "a", "inject": { "status": { "code": 700 } } }), "inject.status.code", "700 is no status that an answer has: expected 200 to 599"),
            (json!({ "name": "a", "inject": { "status": { "code": "x" } } }), "inject.status.code", "expected a whole number, 0 or more, found the text `x`"),
            (json!({ "name": "a", "inject": { "status": {} } }), "inject.status.code", "missing `code`"),
            (json!({ "name": "a" }), "inject", "missing `inject`"),
            (json!({ "inject": { "bad_jwt": {} } }), "name", "missing `name`"),
            (json!({ "name": "", "inject": { "bad_jwt": {} } }), "name", "the name of a fault has from 1 to 200 bytes"),
            (json!({ "name": "a", "inject": { "statas": { "code": 500 } } }), "inject.statas", "unknown word `statas`"),
            (json!({ "name": "a", "inject": { "bad_jwt": {} }, "requests": "0%" }), "requests", "`a` touches no request: expected a share above 0%"),
            (json!({ "name": "a", "inject": { "bad_jwt": {} }, "match": { "method": "post" } }), "match.method", "`post` is no method"),
            (json!({ "name": "a", "inject": { "outage": "refused" }, "match": { "path": "/api/docs" } }), "match", "`a` cuts the wire"),
            (json!({ "name": "a", "inject": { "bad_jwt": {} }, "starts": "2020-01-01T00:00:00Z" }), "starts", ""),
            (json!({ "name": "a", "inject": { "bad_jwt": {} }, "follows": "none" }), "follows", "there is no fault `none` before it that it could follow"),
        ];
        for (body, field, message) in cases {
            let refused = world.control_send(Method::POST, "/control/faults", &body).await;
            assert_eq!((refused.status, &refused.body["field"]), (400, &json!(field)), "{body}: {}", refused.body);
            let told = refused.body["message"].as_str().expect("a message");
            assert!(told.contains(message), "{body}: {told}");
        }
        let near = world.control_send(Method::POST, "/control/faults", &json!({ "name": "a", "inject": { "statas": {} } })).await;
        assert_eq!(near.body["help"], "did you mean `status`?");
        let two = json!({ "name": "a", "lingers": "5", "inject": { "status": { "code": 500, "colour": "red" } } });
        let two = world.control_send(Method::POST, "/control/faults", &two).await;
        let fields: Vec<&Value> = two.body["findings"].as_array().expect("findings").iter().map(|found| &found["field"]).collect();
        assert_eq!(fields, ["lingers", "inject.status.colour"]);
        assert_eq!(world.control(Method::GET, "/control/faults").await.body, json!({ "faults": [] }));
    }

    async fn a_body_that_is_no_json_is_refused(network) {
        let world = controlled(&network, json!([])).await;
        let send = async |content_type: Option<&str>, body: Vec<u8>| {
            let mut request = world.control_request(&Method::POST, "/control/faults");
            if let Some(content_type) = content_type {
                request = request.header("content-type", content_type);
            }
            world.call(request.body(body.into()).expect("a request")).await.expect("a reply")
        };
        let good = status("a", 500).to_string().into_bytes();
        for content_type in [None, Some("text/plain"), Some("application/yaml"), Some("application/json; charset=latin1")] {
            let refused = send(content_type, good.clone()).await;
            assert_eq!((refused.status, &refused.body["field"]), (415, &json!("Content-Type")), "{content_type:?}");
        }
        for body in [&b""[..], b"{", b"name: a\ninject: { bad_jwt: {} }", b"\xff\xfe", b"[]", b"7", b"null", b"{} {}"] {
            let refused = send(Some("application/json"), body.to_vec()).await;
            assert_eq!(refused.status, 400, "{body:?}");
            assert!(refused.body["message"].as_str().is_some_and(|text| !text.is_empty()), "{body:?}");
        }
        let large = send(Some("application/json"), vec![b' '; 1024 * 1024 + 1]).await;
        assert_eq!((large.status, &large.body["message"]), (413, &json!("the body is larger than 1048576 bytes")));
        assert_eq!(send(Some("Application/JSON; charset=UTF-8"), good).await.status, 201);
    }

    async fn the_catalogue_has_an_example_of_each_kind_that_can_be_added(network) {
        let world = controlled(&network, json!([])).await;
        let catalogue = world.control(Method::GET, "/control/catalogue").await;
        assert_eq!(catalogue.status, 200);
        let kinds = catalogue.body["kinds"].as_array().expect("kinds").clone();
        assert!(kinds.len() >= 6, "{kinds:?}");
        for kind in kinds {
            let word = kind["kind"].as_str().expect("a word");
            assert!(kind["sentence"].as_str().is_some_and(|text| text.ends_with('.')), "{word}");
            let plan = json!({ "name": word, "starts": "1h", "inject": kind["example"] });
            assert_eq!(add(&world, &plan).await["kind"], word);
        }
    }
}

over_both! {
    async fn an_outage_that_was_stopped_refuses_nobody_any_more(network) {
        let world = controlled(&network, json!([])).await;
        for number in 0..20 {
            let name = format!("down-{number}");
            add(&world, &json!({ "name": name, "inject": { "outage": "refused" } })).await;
            assert!(world.try_order(number).await.is_err());
            let path = format!("/control/faults/{name}/stop");
            assert_eq!(world.control(Method::POST, &path).await.status, 200);
            assert_eq!(world.order(number).await.status, 200, "{name}");
        }
    }

    async fn a_fault_follows_whatever_takes_the_place_of_its_leader(network) {
        let leader = |code: u16| json!({ "name": "leader", "ends": { "after_requests": 1 }, "inject": { "status": { "code": code } } });
        let world = controlled(&network, json!([])).await;
        let mut pending = leader(500);
        pending["starts"] = json!("1h");
        add(&world, &pending).await;
        let mut follower = status("follower", 418);
        follower["follows"] = json!("leader");
        add(&world, &follower).await;
        let replaced = world.control_send(Method::PUT, "/control/faults/leader", &leader(503)).await;
        assert_eq!(replaced.status, 200);
        // Nothing was over yet for it to follow.
        assert_eq!(fault(&world, "follower").await["phase"], "pending");
        assert_eq!(world.order("a").await.status, 503);
        assert_eq!(world.order("b").await.status, 418);
    }

    async fn a_fault_whose_leader_never_started_does_not_start(network) {
        let world = controlled(&network, json!([])).await;
        let mut pending = status("leader", 500);
        pending["starts"] = json!("1h");
        add(&world, &pending).await;
        let mut follower = status("follower", 418);
        follower["follows"] = json!("leader");
        add(&world, &follower).await;
        assert_eq!(world.control(Method::DELETE, "/control/faults/leader").await.status, 204);
        assert_eq!(fault(&world, "follower").await["phase"], "pending");
        assert_eq!(world.order("a").await.status, 200);
    }
}

#[tokio::test(start_paused = true)]
async fn more_faults_than_a_factory_takes_are_refused() {
    let network = crate::world::memory();
    let plans: Vec<Value> = (0..1_000)
        .map(|number| status(&number.to_string(), 500))
        .collect();
    let world = controlled(&network, json!(plans)).await;
    let refused = world
        .control_send(Method::POST, "/control/faults", &status("more", 500))
        .await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (409, &json!("there are 1000 faults already"))
    );
    assert_eq!(
        world
            .control(Method::DELETE, "/control/faults/7")
            .await
            .status,
        204
    );
    add(&world, &status("more", 500)).await;
}
