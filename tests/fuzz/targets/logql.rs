//! A LogQL query: it is refused with a reason, or asked of some lines; an instant is then a moment of a range.
#![no_main]

use libfuzzer_sys::fuzz_target;
use logql::{Limits, LogStore, Options, Query};
use promql::Labels;
use std::sync::OnceLock;

const LINES: [&str; 6] = [
    r#"{"message":"no pizza","status":500,"took":"250ms","request":{"path":"/api"}}"#,
    r#"method=GET path="/a b" took=5ms size=2KB"#,
    "plain text, not closed {\"a\": ",
    "\u{1b}[31mred\u{1b}[0m",
    r#"{"_entry":"packed","app":"x"}"#,
    "",
];

fn lines() -> &'static LogStore {
    static STORE: OnceLock<LogStore> = OnceLock::new();
    STORE.get_or_init(|| {
        let mut store = LogStore::new();
        for (number, line) in LINES.iter().enumerate() {
            let level = if number % 2 == 0 { "error" } else { "info" };
            let labels: Labels = [("a", "b"), ("level", level)].into_iter().collect();
            if let Ok(id) = store.stream_id(&labels) {
                let _ = store.append(id, number as i64 * 1_000_000_000, line);
            }
        }
        store
    })
}

fuzz_target!(|text: &str| {
    let query = match Query::parse(text) {
        Ok(query) => query,
        Err(error) => {
            assert!(!error.message.is_empty(), "nothing was said");
            assert!(error.offset.is_none_or(|at| text.is_char_boundary(at)));
            return;
        }
    };
    let limits = Limits {
        lines: 10_000,
        series: 100,
    };
    let options = Options { limits };
    let instant = query.instant(lines(), 4_000, &options);
    let range = query.range(lines(), 4_000, 4_000, 1_000, &options);
    if let (Ok(instant), Ok(range)) = (instant, range) {
        let samples = instant.value.samples().len();
        assert!(samples == 0 || samples == range.series.len());
    }
});
