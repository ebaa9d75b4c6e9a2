//! Every order has exactly one fate, whatever the three ledgers say.

use crate::record::orders::{Believed, Fate, OrderRecord, Told};
use proptest::prelude::*;

fn told() -> impl Strategy<Value = Told> {
    let message = || "[a-z ]{0,12}";
    prop_oneof![
        Just(Told::Pizza),
        Just(Told::BadPizza),
        Just(Told::Accepted),
        (400_u16..504, message()).prop_map(|(status, message)| Told::Refused { status, message }),
        (prop::option::of(500_u16..600), message())
            .prop_map(|(status, message)| Told::Error { status, message }),
        Just(Told::HungUp),
        Just(Told::Nothing),
    ]
}

fn believed() -> impl Strategy<Value = Believed> {
    prop_oneof![
        Just(Believed::Unknown),
        Just(Believed::Open),
        Just(Believed::Fulfilled),
        Just(Believed::Queued),
        Just(Believed::Refused),
        Just(Believed::Failed),
    ]
}

/// Whether an order meets the definition of a fate, each written down by itself and without an order of precedence.
fn meets(fate: Fate, told: &Told, believed: Believed, made: usize) -> bool {
    let is_made = made > 0;
    let is_accepted = *told == Told::Accepted;
    let has_pizza = *told == Told::Pizza;
    let is_bad = *told == Told::BadPizza;
    let is_refused = matches!(told, Told::Refused { .. });
    let waits = believed == Believed::Queued && !is_refused && !is_bad;
    match fate {
        Fate::Fulfilled => has_pizza || (is_accepted && is_made),
        Fate::Queued => !has_pizza && !is_made && waits,
        Fate::Refused => is_refused && !is_made,
        Fate::Failed => !is_made && !has_pizza && !is_accepted && !is_bad && !is_refused && !waits,
        Fate::Lost => !is_made && (is_bad || (is_accepted && !waits)),
        Fate::InDoubt => is_made && !has_pizza && !is_accepted,
    }
}

proptest! {
    #[test]
    fn every_order_has_exactly_one_fate(told in told(), believed in believed(), made in 0_usize..4) {
        let all = [
            Fate::Fulfilled,
            Fate::Queued,
            Fate::Refused,
            Fate::Failed,
            Fate::Lost,
            Fate::InDoubt,
        ];
        let met: Vec<Fate> = all
            .into_iter()
            .filter(|fate| meets(*fate, &told, believed, made))
            .collect();
        prop_assert_eq!(met, vec![OrderRecord::fate(&told, believed, made)]);
    }
}
