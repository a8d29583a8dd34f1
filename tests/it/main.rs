//! Integration tests: the whole binary against AWS servers that are not ours, and cases as folders.

mod cases;
mod kinds;
mod support;
