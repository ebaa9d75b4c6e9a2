//! What the settings of an Alertmanager may be: the words of its integrations and of its global section, and of which form each
//! value is. Tables only: what they are held against is another's business.

mod chat;
mod paging;
mod sections;

pub(super) use sections::GLOBAL;

/// A kind of integration.
pub(super) struct IntegrationKind {
    /// Its word, as in `webhook_configs`.
    pub(super) word: &'static str,
    /// Whether it tells of resolved alerts when it does not say.
    pub(super) send_resolved: bool,
    /// Its settings.
    pub(super) section: Section,
}

/// The kind of a word.
pub(super) fn kind_of(word: &str) -> Option<&'static IntegrationKind> {
    const KINDS: [&[IntegrationKind]; 2] = [&chat::CHATS, &paging::PAGERS];
    KINDS.into_iter().flatten().find(|kind| kind.word == word)
}

/// A mapping of settings.
pub(super) struct Section {
    /// Its fields, by the form of their values.
    pub(super) fields: &'static [(Value, &'static [&'static str])],
    /// What it cannot do without.
    pub(super) needs: &'static [Need],
    /// Fields of which at most one may be given.
    pub(super) one_at_most: &'static [&'static str],
}

/// Fields of which at least one must be given.
pub(super) struct Need {
    /// The fields.
    pub(super) one_of: &'static [&'static str],
    /// Fields of the global section that will do as well.
    pub(super) or_global: &'static [&'static str],
}

/// The form of a value.
#[derive(Clone, Copy)]
pub(super) enum Value {
    /// One word or more; numbers are words.
    Text,
    /// An address that begins with `http://` or `https://`.
    Url,
    /// An address with a port.
    HostPort,
    /// Yes or no.
    Switch,
    /// A number from 0.
    Count,
    /// A number.
    Integer,
    /// A duration as Prometheus writes it.
    Duration,
    /// A duration as Go writes it.
    GoDuration,
    /// The same, or a number of nanoseconds.
    Timeout,
    /// A list of texts.
    Texts,
    /// Texts by name, without these names.
    PairsBut(&'static [&'static str]),
    /// Texts by name, where upper and lower case are one.
    Headers,
    /// One of these, or nothing.
    OneOf(&'static [&'static str]),
    /// One of these in any case, or a template.
    OneOfOrTemplate(&'static [&'static str]),
    /// How to authorize, which is not `basic`.
    Authorization,
    /// Settings of their own.
    Section(&'static Section),
    /// A list of such.
    Sections(&'static Section),
    /// A text, or settings of their own.
    TextOr(&'static Section),
    /// A list of texts, or settings of their own.
    TextsOr(&'static Section),
    /// Whatever.
    Any,
}

impl Section {
    /// The names of its fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let fields = self.fields.iter();
        fields.flat_map(|(_, names)| names.iter().copied())
    }

    /// The form of a field's value; none where there is no such field.
    pub(super) fn value_of(&self, field: &str) -> Option<Value> {
        let mut fields = self.fields.iter();
        let (value, _) = fields.find(|(_, names)| names.contains(&field))?;
        Some(*value)
    }
}

/// A setting may stand in the file or in one of its own, not both: whether `field` is the file of `other`.
pub(super) fn is_file_of(field: &str, other: &str) -> bool {
    field.strip_suffix("_file") == Some(other)
}

const fn kind(
    word: &'static str,
    send_resolved: bool,
    fields: &'static [(Value, &'static [&'static str])],
    needs: &'static [Need],
) -> IntegrationKind {
    IntegrationKind {
        word,
        send_resolved,
        section: section(fields, needs),
    }
}

const fn section(
    fields: &'static [(Value, &'static [&'static str])],
    needs: &'static [Need],
) -> Section {
    Section {
        fields,
        needs,
        one_at_most: &[],
    }
}

impl IntegrationKind {
    const fn one_at_most(mut self, fields: &'static [&'static str]) -> Self {
        self.section.one_at_most = fields;
        self
    }
}

const fn need(one_of: &'static [&'static str]) -> Need {
    Need {
        one_of,
        or_global: &[],
    }
}

const fn need_or(one_of: &'static [&'static str], or_global: &'static [&'static str]) -> Need {
    Need { one_of, or_global }
}
