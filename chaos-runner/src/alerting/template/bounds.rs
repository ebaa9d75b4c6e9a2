//! What the expansion of a template may take: steps, depth, and the size of the values it computes. A template that takes more fails
//! as any other that goes wrong while it expands. It knows values, not the tree.

use super::value::Val;

/// How long a text may get, that of the whole template and that of a value, in bytes.
pub(super) const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How many steps a template may take.
const STEPS_MAX: usize = 100_000;
/// How deep blocks and calls of templates may nest, both together: each takes some of the stack.
const DEPTH_MAX: usize = 200;
/// How deep values may be within values: whatever copies, prints or drops them goes down as deep.
const NESTING_MAX: usize = 32;
/// What a step may copy: so many values within one, or so many bytes of text. So the steps bound what all values come to.
const ELEMENTS_PER_STEP: usize = 4;
const BYTES_PER_STEP: usize = 256;
/// What a call takes that evaluates an expression or compiles a regular expression.
const COSTLY_STEPS: usize = 100;

/// What is left of it.
pub(super) struct Budget {
    steps: usize,
    depth: usize,
}

impl Budget {
    pub(super) fn new() -> Self {
        Budget {
            steps: STEPS_MAX,
            depth: 0,
        }
    }

    /// Takes one step.
    pub(super) fn step(&mut self) -> Result<(), String> {
        self.spend(1)
    }

    /// Takes what a call of the function takes, its arguments and its value aside.
    pub(super) fn call(&mut self, function: &str) -> Result<(), String> {
        self.spend(match function {
            "query" | "match" | "reReplaceAll" | "filterLabelsRe" | "removeLabelsRe" => {
                COSTLY_STEPS
            }
            _ => 1,
        })
    }

    /// Takes the steps that it takes to copy `value`.
    pub(super) fn copy(&mut self, value: &Val) -> Result<(), String> {
        let mut size = Size::default();
        size.add(value, 0);
        self.spend(size.steps())
    }

    /// Takes the steps for a value that was computed, and refuses one that is too large.
    pub(super) fn computed(&mut self, value: &Val) -> Result<(), String> {
        let mut size = Size::default();
        size.add(value, 0);
        if size.longest > TEXT_BYTES_MAX {
            return Err(too_long());
        }
        if size.nesting > NESTING_MAX {
            return Err(format!("a value nests more than {NESTING_MAX} deep"));
        }
        self.spend(size.steps())
    }

    /// Goes one block or one called template deeper.
    pub(super) fn enter(&mut self) -> Result<(), String> {
        if self.depth == DEPTH_MAX {
            return Err(format!("exceeded maximum template depth ({DEPTH_MAX})"));
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes back from there.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    fn spend(&mut self, steps: usize) -> Result<(), String> {
        match self.steps.checked_sub(steps) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(format!("the template takes more than {STEPS_MAX} steps")),
        }
    }
}

/// What a text that is too long fails with.
pub(super) fn too_long() -> String {
    format!("the text is longer than {TEXT_BYTES_MAX} bytes")
}

/// How large a value is, with all that is within.
#[derive(Default)]
struct Size {
    elements: usize,
    bytes: usize,
    longest: usize,
    nesting: usize,
}

impl Size {
    fn add(&mut self, value: &Val, nesting: usize) {
        self.elements += 1;
        self.nesting = self.nesting.max(nesting);
        match value {
            Val::Str(text) => self.text(text),
            Val::List(items) => items.iter().for_each(|item| self.add(item, nesting + 1)),
            Val::Map(entries) | Val::Labels(entries) | Val::Struct(_, entries) => {
                for (key, entry) in entries {
                    self.text(key);
                    self.add(entry, nesting + 1);
                }
            }
            Val::Nil
            | Val::Bool(_)
            | Val::Int(_)
            | Val::Float(_)
            | Val::Time(_)
            | Val::Duration(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes += text.len();
        self.longest = self.longest.max(text.len());
    }

    fn steps(&self) -> usize {
        1 + self.elements / ELEMENTS_PER_STEP + self.bytes / BYTES_PER_STEP
    }
}
