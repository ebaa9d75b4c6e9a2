//! What becomes of an order: the first factory, else the fallback, else the queue, else a no. It puts the rooms together and
//! knows of no HTTP on the diner's side.

use super::desk::Desk;
use super::factory_client::Pizza;
use super::failure::{Cause, Failure};
use super::log::{Kind, Level};
use super::metrics::{Refusal, Told};
use super::order::Order;
use super::queue::Queue;
use super::queue::store::Lane;
use super::route::{Route, Spent};
use crate::record::orders::Believed;
use std::sync::Arc;

/// What a diner is answered.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// A pizza, verified.
    Pizza(Pizza),
    /// The order waits.
    Queued {
        /// Set when the factory asked to be told of its problem.
        report_url: Option<String>,
    },
    /// A deliberate no.
    Refused(Refusal),
    /// No pizza.
    Failed(Failure),
}

/// The factories in the order in which they are asked, and the queue behind them.
pub(super) struct Kitchen {
    pub(super) desk: Arc<Desk>,
    pub(super) routes: Arc<[Route]>,
    pub(super) queue: Option<Arc<Queue>>,
}

impl Kitchen {
    /// Does all that can be done for an order, and writes down what came of it.
    pub(super) async fn serve(&self, order: &Arc<Order>) -> Answer {
        self.desk.metrics.placed(order.canary);
        let answer = self.answer(order).await;
        let now = self.desk.clock.elapsed();
        let (believed, told) = match &answer {
            Answer::Pizza(_) => {
                let price = (!order.canary).then_some(order.price);
                self.desk.metrics.sold(order.pizzas as u64, price);
                (Believed::Fulfilled, Told::Fulfilled)
            }
            Answer::Queued { .. } => (Believed::Queued, Told::Queued),
            Answer::Refused(why) => {
                self.desk.metrics.refused(*why);
                (Believed::Refused, Told::Refused)
            }
            Answer::Failed(_) => (Believed::Failed, Told::Failed),
        };
        // A queued order is believed so from the moment it is in the queue, which may have been emptied since.
        if believed != Believed::Queued {
            self.desk.books.believe(&order.reference, believed);
        }
        self.desk.metrics.answered(told, now.since(order.placed_at));
        self.log(order, &answer);
        answer
    }

    async fn answer(&self, order: &Arc<Order>) -> Answer {
        let mut lane = Lane::Any;
        let mut first: Option<Failure> = None;
        for (index, route) in self.routes.iter().enumerate() {
            let Spent {
                failure,
                may_be_made,
            } = match route.order(order).await {
                Ok(pizza) => return Answer::Pizza(pizza),
                Err(spent) => spent,
            };
            if failure.cause == Cause::OvenFull {
                return Answer::Refused(Refusal::OvenFull);
            }
            first.get_or_insert(failure);
            if may_be_made && self.queue.is_some() {
                // Elsewhere it would be made twice: it waits for this factory.
                lane = Lane::Only(index);
                break;
            }
        }
        let failure = first.unwrap_or_else(|| Cause::CircuitOpen.into());
        let Some(queue) = &self.queue else {
            return Answer::Failed(failure);
        };
        if !order.fits_the_oven() {
            // It would wait for ever.
            return Answer::Refused(Refusal::OvenFull);
        }
        self.desk.books.believe(&order.reference, Believed::Queued);
        match queue.push(lane, order.clone()) {
            Ok(()) => Answer::Queued {
                report_url: failure.report_url,
            },
            Err(_) => Answer::Refused(Refusal::QueueFull),
        }
    }

    fn log(&self, order: &Order, answer: &Answer) {
        let mut fields = vec![("order", order.reference.clone())];
        let (level, message) = match answer {
            Answer::Pizza(_) => (Level::Info, "an order was fulfilled"),
            // The queue has said so.
            Answer::Queued { .. } => return,
            Answer::Refused(why) => {
                fields.push(("reason", why.name().to_owned()));
                (Level::Warn, "an order was refused")
            }
            Answer::Failed(failure) => {
                fields.push(("cause", failure.cause.for_the_log()));
                // Where a call failed, that call's line is the error: one trouble is one line.
                let level = match failure.cause.code() {
                    Some(_) => Level::Warn,
                    None => Level::Error,
                };
                (level, "an order failed")
            }
        };
        self.desk.log.write(level, Kind::Order, message, fields);
    }
}
