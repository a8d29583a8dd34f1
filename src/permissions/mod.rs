//! What s3setup calls AWS for, by kind of resource and by command, and the policies that allow it.
//!
//! One table says both: the calls of `aws` are made of its operations, and the policy of a command
//! on a manifest follows from its rows.

mod document;
mod google;
mod method;
mod needs;
mod operation;
mod row;
mod table;

pub use document::{fits, policy, split};
pub use google::google;
pub use method::Method;
pub use needs::{Asked, Extra, Purpose};
pub use operation::Operation;
pub use row::{Aspect, On, Row, Under, Verb};
pub use table::{ALL, Part};
