//! What Google's policies are made of: permissions, the roles that have them, members, and the
//! conditions of bindings and providers.

mod cel;
mod member;
mod permissions;
mod reader;
mod roles;
mod tie;

pub use cel::{By, Expression, LIST_PREFIX, RESOURCE_NAME, Test};
pub use member::{Member, is_deleted};
pub use permissions::{
    ALL, is_of_object, is_permission_known, nearest_permission, service_is_known,
};
pub use roles::{is_basic, is_legacy, is_predefined, role};
pub use tie::{Tie, claim, is_shared, tie};
