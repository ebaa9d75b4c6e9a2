//! JSON as JavaScript has it, which the real factory is written in: what a client sends is given back as `JSON.stringify` writes it.
//! Whatever comes from a client is read here, and whatever is made of it is written here. It knows JSON, and nothing of orders or HTTP.

mod mend;
mod read;
mod write;

pub(crate) use read::value;
pub(crate) use write::{append, text};
