//! Requests in JSON and what is answered.
