//! The names of the functions that a template may call: Go's own and those of Prometheus' template reference.

/// What may be called. `call` is missing, as nothing that a template holds
/// is a function; `tmpl` is one of console pages only.
const FUNCTIONS: [&str; 47] = [
    "and",
    "or",
    "not",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "len",
    "index",
    "slice",
    "print",
    "printf",
    "println",
    "html",
    "js",
    "urlquery",
    "query",
    "first",
    "label",
    "value",
    "strvalue",
    "sortByLabel",
    "args",
    "humanize",
    "humanize1024",
    "humanizeDuration",
    "humanizePercentage",
    "humanizeTimestamp",
    "title",
    "toUpper",
    "toLower",
    "match",
    "reReplaceAll",
    "stripPort",
    "stripDomain",
    "parseDuration",
    "safeHtml",
    "graphLink",
    "tableLink",
    "externalURL",
    "pathPrefix",
    "now",
    "urlQueryEscape",
    "toTime",
    "toDuration",
];

/// Whether templates may call `name`.
pub(super) fn is_function(name: &str) -> bool {
    FUNCTIONS.contains(&name)
}
