//! Sinks other than a file.
