//! How much a file may hold. All are far above what a manifest needs and far below what hurts.

/// The largest file that is read, in bytes. A manifest of 1,000 resources has a third of it;
/// refusing the rest at once bounds every later step.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The deepest nesting, aliases included. All that walks a tree may recurse this far.
pub const MAX_DEPTH: usize = 64;
/// The most values that a tree holds, aliases included.
pub const MAX_NODES: usize = 200_000;
/// The most bytes of text that a tree holds, aliases included; and the most that inputs add.
pub const MAX_TEXT: usize = 4 * MAX_BYTES;
/// The most problems that one step reports: a file with more is another kind of file.
pub const MAX_PROBLEMS: usize = 1000;
