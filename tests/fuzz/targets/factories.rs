//! The `factories` of a scenario file, as `fake-factory --scenario` reads them: they are sound, or what is wrong with them is told.
#![no_main]

use fake_factory::faults::check::check;
use fake_factory::faults::plan::FactoryPlan;
use fake_factory::input::units::StartsAt;
use fake_factory::input::{Diagnostics, Source, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("scenario.yaml", text);
    let reading = read::<FactoryPlan>(&source);
    let mut diagnostics = Diagnostics::new();
    diagnostics.extend(reading.diagnostics);
    if let Some(plan) = reading.value {
        let starts_at: StartsAt = "2024-08-08T09:50:00-06:00".parse().expect("a start");
        diagnostics.extend(check(&plan, &starts_at, &source));
    } else {
        assert!(
            !diagnostics.is_empty(),
            "nothing was read, and nothing said"
        );
    }
    let _ = diagnostics.render(true);
});
