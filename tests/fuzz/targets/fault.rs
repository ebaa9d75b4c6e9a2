//! One fault, as the control API gets it: it is sound, or what is wrong with it is told.
#![no_main]

use fake_factory::faults::check::check_fault;
use fake_factory::faults::plan::FaultPlan;
use fake_factory::input::{Findings, Places, Source, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = Source::new("body", text);
    let reading = read::<FaultPlan>(&source);
    let told = !reading.diagnostics.is_empty();
    match reading.value {
        Some(plan) => {
            let mut found = Findings::new(&source);
            check_fault(&plan, &Places::of(&source), &mut found);
            let _ = found.into_diagnostics().render(true);
        }
        None => assert!(told, "nothing was read, and nothing said"),
    }
});
