//! The order that every measurement places: the form that the public order service sends, with an id of its own each time.

use std::net::SocketAddr;

/// Where the id stands in the text, in as many digits.
const ID: &str = "1000000000";

/// A POST /api/order whose id can be set.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    request: Vec<u8>,
    id_at: usize,
}

impl Order {
    pub(crate) fn new(address: SocketAddr, key: &str) -> Self {
        let body = body();
        let head = format!(
            "POST /api/order HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let text = head + &body;
        Order {
            id_at: text.find(ID).unwrap_or(0),
            request: text.into_bytes(),
        }
    }

    /// The bytes of the order with this number.
    pub(crate) fn numbered(&mut self, number: u32) -> &[u8] {
        let id = format!("{}", 1_000_000_000 + u64::from(number));
        self.request[self.id_at..self.id_at + ID.len()].copy_from_slice(&id.as_bytes()[..ID.len()]);
        &self.request
    }
}

/// The JSON of the order.
pub(crate) fn body() -> String {
    format!(
        r#"{{"diner":{{"id":719,"name":"Kai Chen","email":"d@jwt.com"}},"order":{{"items":[{{"menuId":1,"description":"Veggie","price":0.0038}},{{"menuId":2,"description":"Pepperoni","price":0.0042}}],"storeId":"5","franchiseId":4,"id":{ID}}}}}"#
    )
}

/// What the factory signs for it.
pub(crate) fn payload() -> String {
    let body = body();
    let rest = body.strip_prefix('{').unwrap_or(&body);
    format!(r#"{{"vendor":{{"id":"student"}},{rest}"#)
}
