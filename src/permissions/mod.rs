//! What s3setup calls AWS for, by kind of resource and by command, and the policies that allow it.
//!
//! One table says both: the calls of `aws` are made of its operations, and the policy of a command
//! on a manifest follows from its rows.

mod operation;

pub use operation::Operation;
