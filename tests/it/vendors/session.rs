//! Credentials of a principal: the key of a user that was handed over, or a role's session, taken as
//! its trust policy says.
//! On the way there, whoever the trust policy does not let in has to be refused.

use serde_json::{Value, json};

use crate::support::{Account, Refused, Server};

/// The key in a text of whatever form and under whatever names.
///
/// # Errors
/// There is none in it.
pub fn handed_over(account: &Account, text: &str) -> Result<Account, String> {
    let of_a_key = |character: char| character.is_ascii_alphanumeric() || "/+".contains(character);
    let find = |is: &dyn Fn(&str) -> bool| text.split(|one| !of_a_key(one)).find(|word| is(word));
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
    let id = find(&|word| word.starts_with("AKIA"));
    let secret = find(&|word| word.len() == 40);
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(account.with_key(id, secret)),
        _ => Err("there is no key in it".to_owned()),
    }
}

/// Credentials of `principal`: `role.NAME`, or the ARN of a user of `account` that the manifest does
/// not make.
/// `mark` keeps apart what this makes in accounts that several tests share.
///
/// # Errors
/// What was refused that should not be, or the other way about.
pub fn of(account: &Account, principal: &str, mark: &str) -> Result<Account, String> {
    match principal.split_once('.') {
        Some(("role", name)) => match account.try_python_with(
            "iam.get_role(RoleName=name)['Role']",
            &json!({"name": name}),
        ) {
            Ok(role) => assume(&role, mark),
            // A role that others make, such as that of an integration.
            Err(_) => make_role(account, name, mark),
        },
        _ => {
            let (_, name) = principal.split_once(":user/").unwrap_or_default();
            account.python_with("iam.create_user(UserName=name)", &json!({"name": name}));
            keys(account, name)
        }
    }
}

/// Whoever this ARN or account is, with every permission of its own account.
fn elsewhere(arn: &str, mark: &str) -> Result<Account, String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (id, name) = match parts[..] {
        [_, _, _, _, id, name] => (id, name),
        _ => (arn, "root"),
    };
    let account = Server::ministack().account_with_id(id);
    match name.split_once('/') {
        Some(("user", name)) => make_user(&account, name),
        Some(("role", name)) => make_role(&account, name, mark),
        _ => make_user(&account, &format!("somebody-{mark}")),
    }
}

fn make_user(account: &Account, name: &str) -> Result<Account, String> {
    account.python_with(
        "iam.create_user(UserName=name)
iam.put_user_policy(UserName=name, PolicyName='all', PolicyDocument=json.dumps(policy))",
        &json!({"name": name, "policy": everything()}),
    );
    keys(account, name)
}

fn make_role(account: &Account, name: &str, mark: &str) -> Result<Account, String> {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": account.account_id},
        "Action": "sts:AssumeRole",
    }]});
    let role = account.python_with(
        "iam.put_role_policy(
    RoleName=iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))['Role']['RoleName'],
    PolicyName='elsewhere', PolicyDocument=json.dumps(policy))
iam.get_role(RoleName=name)['Role']",
        &json!({"name": name, "trust": trust, "policy": elsewhere_only()}),
    );
    let somebody = make_user(account, &format!("user-of-{name}-{mark}"))?;
    somebody
        .assume_role(text(&role["Arn"]), &json!({}))
        .map_err(said)
}

fn keys(account: &Account, user: &str) -> Result<Account, String> {
    let key = account
        .try_python_with(
            "iam.create_access_key(UserName=user)['AccessKey']",
            &json!({"user": user}),
        )
        .map_err(said)?;
    Ok(account.with_key(text(&key["AccessKeyId"]), text(&key["SecretAccessKey"])))
}

/// A session of `role`, as the first statement of its trust policy has it.
fn assume(role: &Value, mark: &str) -> Result<Account, String> {
    let arn = text(&role["Arn"]);
    let statement = &role["AssumeRolePolicyDocument"]["Statement"][0];
    let one = |value: &Value| text(value.get(0).unwrap_or(value)).to_owned();
    if statement["Principal"].get("Federated").is_some() {
        return web_identity(arn, statement);
    }
    let trusted = one(&statement["Principal"]["AWS"]);
    let caller = elsewhere(&trusted, mark)?;
    let external = &statement["Condition"]["StringEquals"]["sts:ExternalId"];
    let right = match external.is_null() {
        true => json!({}),
        false => json!({"ExternalId": one(external)}),
    };
    let stranger = make_user(&Server::ministack().account(), "stranger")?;
    refused(
        "somebody of another account",
        stranger.assume_role(arn, &right),
    )?;
    if !external.is_null() {
        let wrong = json!({"ExternalId": format!("{}0", one(external))});
        refused(
            "another customer of the vendor",
            caller.assume_role(arn, &wrong),
        )?;
        refused(
            "a call without external id",
            caller.assume_role(arn, &json!({})),
        )?;
    }
    caller.assume_role(arn, &right).map_err(said)
}

/// What a token has to say for a statement of a trust policy: `iss`, `aud` and `sub`.
pub fn claims(statement: &Value) -> Value {
    let claim = |name: &str| -> String {
        let operators = statement["Condition"].as_object().into_iter().flatten();
        let mut found = operators
            .flat_map(|(_, keys)| keys.as_object().into_iter().flatten())
            .filter(|(key, _)| key.ends_with(&format!(":{name}")))
            .map(|(_, value)| text(value.get(0).unwrap_or(value)).replace('*', "anything"));
        found.next().unwrap_or_default()
    };
    let federated = &statement["Principal"]["Federated"];
    let provider = text(federated.get(0).unwrap_or(federated));
    let (_, issuer) = provider.split_once(":oidc-provider/").unwrap_or_default();
    json!({"iss": format!("https://{issuer}"), "aud": claim("aud"), "sub": claim("sub")})
}

fn web_identity(arn: &str, statement: &Value) -> Result<Account, String> {
    let right = claims(statement);
    let (audience, subject) = (text(&right["aud"]), text(&right["sub"]));
    let account = Server::ministack().account();
    let assume = |audience: &str, subject: &str| {
        let claims = json!({"iss": right["iss"], "aud": audience, "sub": subject});
        account.assume_role_with_web_identity(arn, &claims)
    };
    let other = subject
        .replacen(':', ":other-", 1)
        .replacen('/', "/other-", 1);
    refused("another subject", assume(audience, &other))?;
    let other = format!("{audience}-other");
    refused("another audience", assume(&other, subject))?;
    if !claim_is_a_pattern(statement) {
        let longer = format!("{subject}-other");
        refused("a subject that goes on", assume(audience, &longer))?;
    }
    assume(audience, subject).map_err(said)
}

fn claim_is_a_pattern(statement: &Value) -> bool {
    statement["Condition"].get("StringLike").is_some()
}

fn refused(who: &str, answer: Result<Account, Refused>) -> Result<(), String> {
    match answer {
        Ok(_) => Err(format!("{who} can assume the role")),
        Err(refused) if refused.status == 403 => Ok(()),
        Err(refused) => Err(format!("{who} is refused for another reason: {refused}")),
    }
}

fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"},
    ]})
}

/// A role of the vendor's may assume others. In our account, only a bucket policy lets it in.
fn elsewhere_only() -> Value {
    json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    ]})
}

fn said(refused: Refused) -> String {
    refused.to_string()
}

fn text(value: &Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text was expected: {value}"))
}
