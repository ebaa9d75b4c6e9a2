//! What a fault does, as one word of the file with what it needs below it, and the catalogue of those words.

use super::kind::{Kind, KindInfo, kind_table};
use super::kinds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

kind_table! {
    /// Answers with a status in place of a pizza.
    Status(kinds::status::Status),
    /// Answers late.
    Latency(kinds::latency::Latency),
    /// Does not answer at all: a wire fault, which cuts every route.
    Outage(kinds::outage::Outage),
    /// Answers 200 with a JWT that is no good.
    BadJwt(kinds::bad_jwt::BadJwt),
    /// Answers 200 with a body that is no JSON.
    MalformedBody(kinds::malformed_body::MalformedBody),
    /// Makes two pizzas of one order.
    MadeTwice(kinds::made_twice::MadeTwice),
    /// Dates pizzas by a clock that is wrong.
    ClockSkew(kinds::clock_skew::ClockSkew),
    /// Changes the keys, or what is published of them.
    Jwks(kinds::jwks::Jwks),
    /// Makes the pizza, then loses the reply: the connection breaks before it is sent.
    MadeButNotTold(kinds::made_but_not_told::MadeButNotTold),
}

impl Inject {
    /// Whether it cuts the wire and with it every route, the support route too.
    #[must_use]
    pub fn is_wire(&self) -> bool {
        matches!(self, Inject::Outage(_))
    }

    /// Whether its replies carry the report URL.
    #[must_use]
    pub fn tells_report_url(&self) -> bool {
        self.of_kind().tells_report_url()
    }

    /// Whether it signs with the key that follows the factory's own.
    pub(crate) fn needs_next_key(&self) -> bool {
        self.of_kind().needs_next_key()
    }

    /// Whether the next key is rightly published while it goes on.
    pub(crate) fn publishes_next_key(&self) -> bool {
        matches!(self, Inject::Jwks(kinds::jwks::Jwks::Rotated))
    }

    /// The word that names the kind in a file.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.of_kind().info().kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn each_kind_of_the_catalogue_has_an_example_that_is_of_that_kind() {
        for info in catalogue() {
            let inject: Inject = serde_json::from_value(info.example())
                .unwrap_or_else(|error| panic!("{}: {error}", info.kind));
            assert_eq!(inject.kind(), info.kind);
            assert!(info.sentence.ends_with('.'), "{}", info.kind);
        }
    }

    #[test]
    fn the_catalogue_has_every_word_of_the_schema() {
        let schema = schemars::schema_for!(Inject).to_value();
        let words = schema["oneOf"].as_array().expect("a choice").iter();
        let words: Vec<&str> = words
            .map(|choice| choice["required"][0].as_str().expect("one word"))
            .collect();
        let kinds: Vec<&str> = catalogue().iter().map(|info| info.kind).collect();
        assert_eq!(kinds, words);
        assert!(matches!(catalogue()[0].example(), Value::Object(_)));
    }
}
