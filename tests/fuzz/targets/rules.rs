//! A rule file, with its PromQL and templates: it is sound, or what is wrong with it is told. What the templates of its alerts expand to
//! is bounded, whatever they ask for.
#![no_main]

use chaos_runner::alerting::rules::Rule;
use chaos_runner::alerting::rules::prometheus::parse_rule_file;
use chaos_runner::alerting::template::TemplateData;
use fake_factory::input::Source;
use libfuzzer_sys::fuzz_target;
use promql::Labels;

fuzz_target!(|text: &str| {
    let groups = match parse_rule_file(&Source::new("rules.yml", text)) {
        Ok(groups) => groups,
        Err(told) => return assert!(!told.render(true).is_empty(), "nothing was said"),
    };
    let labels: Labels = [("instance", "web:80"), ("job", "é")].into_iter().collect();
    for rule in groups.iter().flat_map(|group| &group.rules) {
        let Rule::Alerting(rule) = rule else {
            continue;
        };
        let data = TemplateData {
            alert: &rule.alert,
            labels: &labels,
            value: 1_723_132_800.25,
            external_labels: &labels,
            external_url: "http://prometheus:9090/base",
            at_ms: 1_500,
            query: &|_| Ok(vec![(labels.clone(), -0.5), (Labels::empty(), f64::NAN)]),
        };
        for (_, template) in rule.labels.iter().chain(&rule.annotations) {
            // What fails is told with the part of the template that fails.
            let most = 1024 * 1024 + 8 * text.len();
            assert!(template.expand(&data).len() <= most, "{}", template.text());
        }
    }
});
