//! Counterfeit pizzas at the counter: what `POST /api/order/verify` says of each, which never looks at `exp`.

use crate::world::{over_both, world};
use fake_factory::Algorithm;
use fake_factory::seed::Seed;
use fake_factory::signing::Signer;
use fake_factory::signing::counterfeit::Counterfeit;
use http::Method;
use serde_json::{Value, json};

const PAYLOAD: &str =
    r#"{"vendor":{"id":"student"},"diner":{"name":"joe"},"order":{"id":1,"items":[{"menuId":1}]}}"#;

/// The signer of the factory that [`world`] starts.
fn signer() -> Signer {
    let seed = Seed::new(329)
        .of("factory")
        .of("headquarters")
        .of("signing");
    Signer::new(Algorithm::EdDsa, seed).expect("a key")
}

over_both! {
    async fn the_factory_takes_what_it_signed_and_refuses_the_rest(network) {
        let world = world(&network, json!([])).await;
        for (kind, status) in [
            (Counterfeit::Dead, 403),
            (Counterfeit::WrongSignature, 403),
            (Counterfeit::WrongKey, 403),
            (Counterfeit::UnknownKid, 403),
            (Counterfeit::AlgNone, 403),
            (Counterfeit::Expired, 200),
            (Counterfeit::OtherOrder, 200),
        ] {
            let jwt = signer().counterfeit(kind, 1_723_132_800, PAYLOAD, Seed::new(7)).expect("can be made");
            let verify = json!({ "jwt": jwt });
            let seen = world.send(Method::POST, "/api/order/verify", &verify).await;
            assert_eq!(seen.status, status, "{kind:?}");
            let sent: Value = serde_json::from_str(PAYLOAD).expect("JSON");
            assert_eq!(seen.body["payload"] == sent, kind == Counterfeit::Expired, "{kind:?}");
        }
    }
}
