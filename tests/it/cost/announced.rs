//! `--announce`: what is listed is what is sent, for every manifest that there is.

use std::{collections::BTreeMap, sync::Mutex, thread};

use crate::{
    neon::says,
    support::{Account, Call, Outcome, S3setup, Server},
    sweep::{Action, Ground, Window, manifests},
    vendors::Manifest,
};

/// Whose operations there are.
const SERVICES: [&str; 5] = ["s3", "iam", "kms", "secretsmanager", "ssm"];

/// Operation → how often.
type Count = BTreeMap<String, usize>;

/// What a run has announced: what is certain, and what it may come to.
fn announced(outcome: &Outcome) -> (Count, Vec<String>) {
    let (mut certain, mut perhaps) = (Count::new(), Vec::new());
    let lines = outcome.stderr.lines();
    let list = lines
        .skip_while(|line| !line.starts_with("Calls that change something: "))
        .skip(1)
        .take_while(|line| *line != "And calls that read.");
    let mut is_certain = true;
    for line in list {
        let operation = line.trim_start().split(' ').next().unwrap_or_default();
        match operation.split_once(':') {
            _ if line == "Only if it comes to that:" => is_certain = false,
            // The rest of a line that was too long.
            Some((service, _)) if !SERVICES.contains(&service) => {}
            None => {}
            Some(_) if is_certain => *certain.entry(operation.to_owned()).or_default() += 1,
            Some(_) => perhaps.push(operation.to_owned()),
        }
    }
    (certain, perhaps)
}

/// What was sent that changes something.
fn sent(calls: &[Call]) -> Count {
    let mut count = Count::new();
    for call in calls.iter().filter(|call| !call.reads()) {
        *count.entry(call.name()).or_default() += 1;
    }
    count.remove("sts:AssumeRole");
    count
}

/// Runs one action of a manifest with `--announce`.
fn try_one(window: &Window, manifest: &Manifest, action: Action) -> Result<usize, String> {
    let mut ground = Ground::new(window, manifest)?;
    action.prepare(&ground)?;
    let before = ground.look()?;
    let mut command = action.command(&ground, &before);
    command.push("--announce".to_owned());
    let (outcome, calls) = ground.watch(&command);
    let (certain, perhaps) = announced(&outcome);
    let mut sent = sent(&calls);
    let wrong = |what: &str| format!("{what}\nsent: {:?}\n{outcome}", calls_of(&calls));
    if outcome.code != Some(0) || certain.is_empty() {
        return Err(wrong("it fails, or announces nothing"));
    }
    let total = certain.values().sum();
    for (operation, times) in &certain {
        let left = sent.get(operation).copied().unwrap_or_default();
        match left.checked_sub(*times) {
            Some(0) => drop(sent.remove(operation)),
            Some(rest) => drop(sent.insert(operation.clone(), rest)),
            None => return Err(wrong(&format!("{operation} was announced and not sent"))),
        }
    }
    sent.retain(|operation, _| !perhaps.contains(operation));
    match sent.is_empty() {
        true => Ok(total),
        false => Err(wrong(&format!("{sent:?} were not announced"))),
    }
}

fn calls_of(calls: &[Call]) -> Vec<String> {
    let writes = calls.iter().filter(|call| !call.reads());
    writes.map(Call::name).collect()
}

/// All of these, several at a time.
fn try_all(manifests: &[Manifest]) {
    let actions = [
        Action::Create,
        Action::Update,
        Action::Adopt,
        Action::Destroy,
    ];
    let all: Vec<(&Manifest, Action)> = manifests
        .iter()
        .flat_map(|manifest| actions.map(|action| (manifest, action)))
        .collect();
    let (next, failures) = (Mutex::new(all.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let window = Window::new();
                loop {
                    let one = next.lock().expect("nobody panics with it").next();
                    let Some((manifest, action)) = one else { break };
                    if let Err(why) = try_one(&window, manifest, action) {
                        let why = format!("{} {action}: {why}", manifest.name);
                        failures.lock().expect("nobody panics with it").push(why);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("nobody panicked");
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn what_is_announced_is_what_is_sent() {
    let some = [
        "neon",
        "rudderstack-s3-kms",
        "velero",
        "every-kind",
        "parameter-store",
        "secrets-manager",
    ];
    let mut manifests = manifests();
    manifests.retain(|one| some.contains(&one.name.as_str()));
    assert_eq!(manifests.len(), some.len(), "they are all there");
    try_all(&manifests);
}

#[test]
#[ignore = "it takes some minutes: make announced"]
fn what_is_announced_is_what_is_sent_for_every_manifest() {
    try_all(&manifests());
}

fn tool(account: &Account) -> S3setup {
    let tool = S3setup::new(account);
    tool.file(
        "one.yaml",
        "name: one\nroles:\n  one:\n    trust: {service: ec2.amazonaws.com}\n",
    );
    tool
}

#[test]
fn what_was_not_announced_is_not_sent_and_nothing_goes_on() {
    let account = Server::ministack().account();
    let proxy = crate::support::Proxy::before(&account);
    let tool = tool(proxy.account());
    // Between the plan and the call somebody makes the role, with our marks and something beside them:
    // taking it up would need calls that nobody was told of.
    let other = account.clone();
    let mut made = false;
    proxy.rule(move |call| {
        if call.operation == "CreateRole" && !made {
            made = true;
            other.python(
                "iam.create_role(RoleName='one', AssumeRolePolicyDocument=json.dumps({'Version': '2012-10-17',
                    'Statement': {'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'},
                                  'Action': 'sts:AssumeRole'}}),
                    Tags=[{'Key': 'managed-by', 'Value': 's3setup'},
                          {'Key': 's3setup:manifest', 'Value': 'one'}]) and None",
            );
        }
        None
    });
    let apply = tool.run(&["apply", "--yes", "--announce", "one.yaml"]);
    apply.expect_code(1);
    says(&apply, "iam:CreateRole role.one");
    says(
        &apply,
        "iam:UpdateAssumeRolePolicy on role.one was not announced, so it is not sent",
    );
    assert_eq!(
        sent(&proxy.calls()),
        Count::from([("iam:CreateRole".into(), 1)])
    );
    tool.run(&["apply", "--yes", "one.yaml"]).expect_code(0);
}

#[test]
fn a_plan_announces_on_the_standard_output_and_a_saved_one_is_held_to() {
    let account = Server::ministack().account();
    let tool = tool(&account);
    tool.run(&["plan", "--announce", "one.yaml"])
        .expect_code(0)
        .expect_stdout("Calls that change something: 1\n  iam:CreateRole role.one\n");
    let apply = tool.run(&["apply", "--yes", "--announce"]);
    apply.expect_code(0);
    says(&apply, "iam:CreateRole role.one");
    tool.run(&["plan", "--announce", "one.yaml"])
        .expect_code(0)
        .expect_stdout("No call that changes anything.");
}
