//! The table at the top of `src/lib.rs`: which module is on which floor.

use std::collections::BTreeMap;

/// Floors by module.
pub struct Table(BTreeMap<String, u32>);

impl Table {
    /// The table in this text. The binary's own file is above all others.
    ///
    /// # Panics
    /// If there is none, or a row has no number for its floor.
    pub fn read(text: &str) -> Self {
        let rows = text.lines().filter_map(|line| line.strip_prefix("//! |"));
        let mut floors = BTreeMap::new();
        for row in rows {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let (module, floor) = match cells[..] {
                ["module", ..] => continue,
                [rule, ..] if rule.starts_with('-') => continue,
                [module, floor, ..] => (module, floor),
                _ => panic!("a row without a floor: {row:?}"),
            };
            let floor = floor
                .parse()
                .unwrap_or_else(|_| panic!("{floor:?} is no floor: {row:?}"));
            floors.insert(module.to_owned(), floor);
        }
        assert!(!floors.is_empty(), "src/lib.rs has a table of its modules");
        Self(floors)
    }

    /// The floor of a module of the table; `main` and `lib` hold everything and are above it.
    pub fn floor(&self, module: &str) -> Option<u32> {
        match module {
            "main" | "lib" => Some(u32::MAX),
            module => self.0.get(module).copied(),
        }
    }

    /// All modules of the table.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
