//! Files of credentials that are of no use, and what is told of them.
