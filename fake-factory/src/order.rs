//! An order as a client sends it: where the parts of it stand that others look at. It knows their names, and nothing of what makes an
//! order a good one.

use crate::json::View;

/// The parts of the body of an order; there is none where the body has no such member.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Order<'a> {
    pub(crate) diner: Option<View<'a>>,
    /// The order itself, of which the others are members.
    pub(crate) order: Option<View<'a>>,
    pub(crate) id: Option<View<'a>>,
    pub(crate) store: Option<View<'a>>,
    pub(crate) franchise: Option<View<'a>>,
    pub(crate) items: Option<View<'a>>,
}

impl<'a> Order<'a> {
    /// The parts of `body`, found in one pass.
    pub(crate) fn of(body: View<'a>) -> Self {
        let mut parts = Order::default();
        for (name, value) in body.members() {
            match name {
                b"diner" => parts.diner = Some(value),
                b"order" => parts.order = Some(value),
                _ => {}
            }
        }
        let members = parts.order.into_iter().flat_map(View::members);
        for (name, value) in members {
            match name {
                b"id" => parts.id = Some(value),
                b"storeId" => parts.store = Some(value),
                b"franchiseId" => parts.franchise = Some(value),
                b"items" => parts.items = Some(value),
                _ => {}
            }
        }
        parts
    }
}
