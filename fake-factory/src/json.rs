//! JSON as JavaScript has it, which the real factory is written in: what a client sends is given back as `JSON.stringify` writes it.
//! Whatever came from outside, or is made of it, is written here. It knows JSON, and nothing of orders or HTTP.

mod write;

pub(crate) use write::text;
