//! Who has access: the identities of the manifests, whom policies of resources name besides, and
//! anyone.

use crate::policy::evaluate::{Answer, Caller, Context, Request, Source, Sources, evaluate};
use crate::policy::{Document, Effect, Principal as Named, Statement};
use crate::resource::Scope;
use std::collections::{BTreeMap, BTreeSet};

/// Somebody who has access, or gets it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal {
    /// A user of the account, by its name.
    User(String),
    /// A role of the account, by its name.
    Role(String),
    /// Whom a policy of a resource names below this key (`AWS`, `Service`, `Federated`,
    /// `CanonicalUser`), and who is not of the manifests; or a member of a binding of Google's, and
    /// whom an issuer vouches for there.
    Named {
        /// `AWS`, `Service`, `Federated`, `CanonicalUser`; at Google `serviceAccount`, `allUsers`,
        /// `principalSet`, …, and `issuer`.
        kind: String,
        /// An ARN, an account, a service, a provider; an address, or a URL.
        name: String,
    },
    /// Whoever asks.
    Anyone,
}

impl Principal {
    /// The account that somebody of no manifest is of; none where that is nobody's account.
    pub(super) fn account<'a>(&'a self, scope: &'a Scope) -> Option<&'a str> {
        match self {
            Self::User(_) | Self::Role(_) => Some(&scope.account),
            Self::Named { kind, name } if kind == "AWS" => match name.starts_with("arn:") {
                true => name.split(':').nth(4).filter(|id| !id.is_empty()),
                false => Some(name),
            },
            Self::Named { .. } | Self::Anyone => None,
        }
    }

    /// Whether it is all of an account.
    pub(super) fn is_account(&self) -> bool {
        matches!(self, Self::Named { kind, name } if kind == "AWS" && !name.starts_with("arn:"))
    }
}

/// What is known of whoever asks, whatever the request.
pub(super) struct Asker<'a> {
    caller: Caller,
    context: Context,
    known: BTreeSet<&'static str>,
    scope: &'a Scope,
}

impl<'a> Asker<'a> {
    /// What is known of `principal`, whose ARN is `arn` if it has one.
    pub(super) fn new(principal: &Principal, arn: Option<&str>, scope: &'a Scope) -> Self {
        const OF_EVERYONE: [&str; 2] = ["aws:resourceaccount", "s3:resourceaccount"];
        const OF_ACCOUNT: [&str; 2] = ["aws:principalaccount", "aws:principalisawsservice"];
        const OF_IDENTITY: [&str; 2] = ["aws:principalarn", "aws:principaltype"];
        let caller = match principal {
            Principal::Named { kind, name } if kind == "Service" => Caller::Service(name.clone()),
            Principal::Named { kind, name } if kind == "AWS" => {
                Caller::parse(name).unwrap_or(Caller::Anonymous)
            }
            _ => arn.and_then(Caller::parse).unwrap_or(Caller::Anonymous),
        };
        let mut known = BTreeSet::from(OF_EVERYONE);
        match &caller {
            Caller::User { .. } => {
                known.extend(OF_ACCOUNT.iter().chain(&OF_IDENTITY));
                known.insert("aws:username");
            }
            Caller::Role { .. } => known.extend(OF_ACCOUNT.iter().chain(&OF_IDENTITY)),
            Caller::Root { .. } => known.extend(OF_ACCOUNT),
            Caller::Service(_) => {
                known.extend(["aws:principalisawsservice", "aws:principalservicename"]);
            }
            Caller::FederatedUser { .. } | Caller::Federated { .. } | Caller::Anonymous => {}
        }
        let context = Context::new()
            .with("aws:ResourceAccount", &scope.account)
            .with("s3:ResourceAccount", &scope.account);
        Self {
            caller,
            context,
            known,
            scope,
        }
    }

    /// The statement without the tests that hold of this asker whatever the request, and with the
    /// values of the variables that are known; none if it never holds.
    pub(super) fn settled(&self, statement: &Statement, document: &Document) -> Option<Statement> {
        let mut settled = statement.clone();
        for (operator, keys) in &statement.condition {
            for (key, values) in keys {
                if !self.known.contains(key.to_ascii_lowercase().as_str()) {
                    continue;
                }
                if !self.passes(operator, key, values, document.version.as_deref()) {
                    return None;
                }
                if let Some(keys) = settled.condition.get_mut(operator) {
                    keys.remove(key);
                }
            }
        }
        settled.condition.retain(|_, keys| !keys.is_empty());
        // Policy variables came with this version of the language.
        if document.version.as_deref() == Some("2012-10-17") {
            self.fill(&mut settled);
        }
        Some(settled)
    }

    /// Whether there is anything to settle.
    pub(super) fn is_settled(&self, statement: &Statement) -> bool {
        let keys = statement.condition.values().flat_map(BTreeMap::keys);
        let mut known = keys.map(|key| self.known.contains(key.to_ascii_lowercase().as_str()));
        let values = statement.condition.values().flat_map(BTreeMap::values);
        let mut texts = values
            .chain([&statement.resource, &statement.not_resource])
            .flatten();
        !known.any(|known| known) && !texts.any(|text| text.contains("${"))
    }

    /// Asked of the evaluation itself: a statement with nothing but this test.
    fn passes(
        &self,
        operator: &str,
        key: &str,
        values: &BTreeSet<String>,
        version: Option<&str>,
    ) -> bool {
        let tests = BTreeMap::from([(key.to_owned(), values.clone())]);
        let everything = BTreeSet::from(["*".to_owned()]);
        let statement = Statement {
            principal: Some(Named::everyone()),
            action: everything.clone(),
            resource: everything,
            condition: BTreeMap::from([(operator.to_owned(), tests)]),
            ..Statement::new(Effect::Allow)
        };
        let mut document = Document::new([statement]);
        document.version = version.map(str::to_owned);
        let sources = Sources {
            resource: Some(Source {
                name: "",
                document: &document,
            }),
            ..Sources::default()
        };
        let request = Request {
            caller: self.caller.clone(),
            action: "s3:GetObject".to_owned(),
            resource: format!("arn:{}:s3:::x/x", self.scope.partition),
            resource_account: String::new(),
            context: self.context.clone(),
        };
        evaluate(&request, &sources).answer == Answer::Allowed
    }

    fn fill(&self, statement: &mut Statement) {
        let mut known = vec![("${aws:ResourceAccount}", self.scope.account.clone())];
        match &self.caller {
            Caller::User { arn } => {
                let name = arn.rsplit('/').next().unwrap_or(arn);
                known.push(("${aws:username}", name.to_owned()));
            }
            Caller::Role { .. } | Caller::Root { .. } => {}
            _ => known.clear(),
        }
        if let Some(account) = self.caller.account() {
            known.push(("${aws:PrincipalAccount}", account.to_owned()));
        }
        let filled = |set: &mut BTreeSet<String>| {
            if set.iter().any(|text| text.contains("${")) {
                let all = std::mem::take(set).into_iter();
                *set = all
                    .map(|text| {
                        known
                            .iter()
                            .fold(text, |text, (name, value)| text.replace(name, value))
                    })
                    .collect();
            }
        };
        filled(&mut statement.resource);
        filled(&mut statement.not_resource);
        for values in statement
            .condition
            .values_mut()
            .flat_map(BTreeMap::values_mut)
        {
            filled(values);
        }
    }
}
