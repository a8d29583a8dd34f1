//! A group that another manifest made, and a user of one's own in it.

use super::{all, meanwhile, past};
use crate::{
    faults::in_parallel,
    neon::flat,
    support::{Account, Proxy, S3setup, Server},
};

const TEAM: &str = "name: team
users: {alice: {}}
groups:
  team:
    members: [user.alice]
";
const USER: &str = "name: app
users:
  bob: {}
";

struct Ground {
    account: Account,
    proxy: Proxy,
    tool: S3setup,
}

impl Ground {
    fn new() -> Self {
        let account = Server::ministack().account();
        let proxy = Proxy::before(&account);
        let tool = S3setup::new(proxy.account());
        let ground = Self {
            account,
            proxy,
            tool,
        };
        ground.team(false);
        ground.user(false);
        ground
    }

    /// Whether bob is among the members of the group.
    fn team(&self, with_bob: bool) {
        let members = if with_bob {
            "[user.alice, bob]"
        } else {
            "[user.alice]"
        };
        self.tool
            .file("team.yaml", &TEAM.replace("[user.alice]", members));
    }

    /// Whether the group is among bob's.
    fn user(&self, in_team: bool) {
        let bob = if in_team { "{groups: [team]}" } else { "{}" };
        self.tool.file("app.yaml", &USER.replace("{}", bob));
    }

    fn run(&self, command: &str, file: &str) -> crate::support::Outcome {
        match command {
            "apply" => self.tool.run(&["apply", file, "--yes"]),
            _ => self.tool.run(&[command, file, "--detailed-exitcode"]),
        }
    }
}

#[test]
fn a_membership_that_only_one_of_the_two_says_is_refused_by_the_other_ones_plan() {
    let ground = Ground::new();
    for file in ["team.yaml", "app.yaml"] {
        ground.run("apply", file).expect_code(0);
    }
    ground.user(true);
    let refused = ground.run("apply", "app.yaml");
    refused.expect_code(1);
    let told = "group.team belongs to the manifest \"team\" of s3setup, which says who is in it: \
                write user.bob among its members there, too";
    assert!(flat(&all(&refused)).contains(told), "{refused}");
    ground.run("plan", "team.yaml").expect_code(0);

    ground.team(true);
    ground.run("apply", "team.yaml").expect_code(0);
    for file in ["team.yaml", "app.yaml"] {
        ground.run("plan", file).expect_code(0);
    }

    ground.user(false);
    let refused = ground.run("apply", "app.yaml");
    refused.expect_code(1);
    assert!(
        flat(&all(&refused)).contains("write team among its groups here, too"),
        "{refused}"
    );
    ground.team(false);
    ground.run("apply", "team.yaml").expect_code(0);
    ground.run("plan", "app.yaml").expect_code(0);
}

#[test]
fn a_group_of_another_manifest_is_no_ones_to_adopt() {
    let ground = Ground::new();
    ground.run("apply", "team.yaml").expect_code(0);
    ground
        .tool
        .file("app.yaml", "name: app\ngroups: {team: {}}\n");
    let refused = ground
        .tool
        .run(&["apply", "app.yaml", "--yes", "--adopt", "all"]);
    refused.expect_code(1);
    assert!(
        flat(&all(&refused)).contains("it belongs to the manifest \"team\" of s3setup"),
        "{refused}"
    );
    ground.run("plan", "team.yaml").expect_code(0);
}

#[test]
fn two_manifests_that_share_a_group_are_applied_at_once() {
    let ground = || {
        let ground = Ground::new();
        ground.run("apply", "team.yaml").expect_code(0);
        ground.proxy.forget();
        ground.team(true);
        ground.user(true);
        ground
    };
    let first = ground();
    first.run("apply", "app.yaml").expect_code(0);
    let points = first.proxy.calls().len();
    in_parallel(points, |point| {
        let ground = ground();
        let reason = format!("held at call {point} of {points}");
        let team = past(
            &ground.account,
            &ground.tool,
            &["apply", "team.yaml", "--yes"],
        );
        let team = meanwhile(&ground.proxy, point, team);
        let app = ground.run("apply", "app.yaml");
        team.is_done_or_refused(&reason);
        assert_eq!(app.code, Some(0), "{reason}:\n{app}");
        ground.proxy.heal();
        // Where the user was not there yet, the group's manifest had nobody to add.
        ground.run("apply", "team.yaml").expect_code(0);
        for file in ["team.yaml", "app.yaml"] {
            let plan = ground.run("plan", file);
            assert_eq!(plan.code, Some(0), "{reason}:\n{plan}");
        }
    });
}
