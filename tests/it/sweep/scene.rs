//! One action of one manifest, set up once and tried as often as one likes.

use super::{
    action::Action,
    ground::{Ground, Window},
    point::Try,
    seen::Seen,
    sink,
};
use crate::{
    support::{S3setup, Snapshot},
    vendors::Manifest,
};

/// An account and a folder where an action begins, and what it comes to if nobody kills it.
pub struct Scene<'a> {
    pub manifest: &'a Manifest,
    pub action: Action,
    /// What the account holds before.
    pub before: Seen,
    /// What it holds afterwards.
    pub wanted: Seen,
    /// How many calls the run makes.
    pub calls: usize,
    /// The key in the sink before, if it is one.
    pub key: Option<String>,
    snapshot: Snapshot,
    tool: S3setup,
}

impl<'a> Scene<'a> {
    /// Set the account up, and run the action once without a kill.
    ///
    /// # Errors
    /// It does not get there, or is not as it should be.
    pub fn new(window: &'a Window, manifest: &'a Manifest, action: Action) -> Result<Self, String> {
        let ground = Ground::new(window, manifest)?;
        if let Some(file) = manifest.key_file() {
            write_privately(&ground, &file, sink::foreign_lines(manifest))?;
        }
        action.prepare(&ground)?;
        let before = ground.look()?;
        let key = sink::held(&ground, manifest).ok();
        let (snapshot, tool) = ground.rest();
        let mut scene = Self {
            manifest,
            action,
            wanted: before.clone(),
            before,
            calls: 0,
            key: key.map(|key| key.access_key),
            snapshot,
            tool,
        };
        let mut ground = scene.ground(window);
        let command = action.command(&ground, &scene.before);
        let (outcome, calls) = ground.watch(&command);
        if outcome.code != Some(0) || calls.iter().all(|call| call.reads()) {
            return Err(format!("it does nothing, or not well:\n{outcome}"));
        }
        scene.calls = calls.len();
        scene.wanted = ground.look()?;
        Try::of(&scene, ground).is_settled(&scene.wanted)?;
        Ok(scene)
    }

    /// The account and the folder once more.
    pub fn ground(&self, window: &'a Window) -> Ground<'a> {
        Ground::copy_of(window, self.manifest, &self.snapshot, &self.tool)
    }
}

/// As its owner has written it, for nobody else to read.
pub fn write_privately(ground: &Ground, file: &str, text: &str) -> Result<(), String> {
    let path = ground.tool().file(file, text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}
