//! What compression buys between agents: messages, real and made up.

mod generate;
mod message;
mod phrases;

pub use generate::{BadParameter, Generator};
pub use message::{BadMessages, Kind, Message, Role, read};
