//! Integration tests: the whole binary against AWS servers that are not ours, and cases as folders.

mod access;
mod cases;
mod clients;
mod commands;
mod dead;
mod evaluate;
mod explain;
mod faults;
mod floors;
mod fuzz;
mod init;
mod input;
mod keys;
mod kinds;
mod neon;
mod policy;
mod removal;
mod saved;
mod support;
mod sweep;
mod vendors;
mod verify;
