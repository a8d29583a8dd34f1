//! The life of a resource: applied, drifted and repaired, updated, deleted and made again.
#![expect(
    clippy::print_stdout,
    reason = "shown with a failure: which of many drifts it was"
)]

use serde_json::Value;

use super::ground::Ground;

/// One kind's life, told as data.
pub struct Cycle {
    /// Such as `role.deploy`, with `ACCOUNT` for the account's number.
    pub address: &'static str,
    /// A manifest that uses every field.
    pub first: &'static str,
    /// The same resource with every changeable field changed.
    pub second: &'static str,
    /// What boto3 sees of it, as a snippet of Python.
    pub look: &'static str,
    /// What it is to see of the first manifest, and of the second.
    pub seen: [Value; 2],
    /// What others put on the resource, which is none of ours: a snippet that puts it, one that
    /// looks at it, and what that is to see.
    pub theirs: (&'static str, &'static str, Value),
    /// What is changed behind the tool's back, one after another.
    pub drifts: &'static [Drift],
    /// A snippet that deletes it behind the tool's back.
    pub delete: &'static str,
}

/// A change behind the tool's back.
pub struct Drift {
    /// In words.
    pub what: &'static str,
    /// A snippet that makes it.
    pub by: &'static str,
    /// What the report says of it, beside the address.
    pub told: &'static [&'static str],
    /// A word for what the server has to be able to do, if it is not a matter of course.
    pub needs: Option<&'static str>,
}

/// A drift that every server can do.
pub const fn drift(what: &'static str, by: &'static str, told: &'static [&'static str]) -> Drift {
    Drift {
        what,
        by,
        told,
        needs: None,
    }
}

impl Cycle {
    /// All of it.
    #[track_caller]
    pub fn run(&self, ground: &Ground) {
        let [first, second] = &self.seen;
        self.settles(ground, self.first, first);

        let (put, look, seen) = &self.theirs;
        ground.python(put);
        ground.expect_seen(look, seen);
        ground.expect_settled();

        for drift in self.drifts {
            if drift.needs.is_none_or(|what| ground.can(what)) {
                self.is_repaired(ground, drift, first);
            }
        }
        ground.expect_seen(look, seen);

        self.settles(ground, self.second, second);
        ground.expect_seen(look, seen);

        ground.python(self.delete);
        let missing = format!("{}  missing", self.address(ground));
        ground
            .run("drift", &[])
            .expect_code(2)
            .expect_stdout(&missing);
        self.settles(ground, self.second, second);
    }

    fn address(&self, ground: &Ground) -> String {
        self.address.replace("ACCOUNT", &ground.account.account_id)
    }

    /// `manifest` is not there yet, can be applied, and then there is nothing more to do.
    #[track_caller]
    fn settles(&self, ground: &Ground, manifest: &str, seen: &Value) {
        ground.manifest(manifest);
        ground
            .run("plan", &["--detailed-exitcode"])
            .expect_code(2)
            .expect_stdout(&self.address(ground));
        ground.apply();
        ground.expect_settled();
        ground.expect_seen(self.look, seen);
    }

    #[track_caller]
    fn is_repaired(&self, ground: &Ground, drift: &Drift, seen: &Value) {
        println!("drift: {}", drift.what);
        ground.python(drift.by);
        let report = ground.run("drift", &[]);
        report.expect_code(2);
        report.expect_stdout(&format!(
            "{}  differs from the manifest",
            self.address(ground)
        ));
        for told in drift.told {
            report.expect_stdout(told);
        }
        ground.apply();
        ground.run("drift", &[]).expect_code(0);
        ground.expect_seen(self.look, seen);
    }
}
