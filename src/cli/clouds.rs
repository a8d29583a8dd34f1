//! The providers that a command speaks to as one: each resource is behind the door of its own.

use crate::aws::Aws;
use crate::cloud::{
    Announced, Calls, Cloud, Deed, Marked, Observation, Rotating, Rotation, Unwanted,
};
use crate::google::Google;
use crate::plan::History;
use crate::resource::{Provider, Resource, Scope};
use anyhow::{Result, anyhow};
use async_trait::async_trait;

/// AWS, Google Cloud, or both.
pub(super) struct Clouds {
    /// Of AWS the account and region; of Google the project that was asked for.
    pub scope: Scope,
    /// Not there where no resource is of AWS: nobody is asked for credentials then.
    pub aws: Option<Box<Aws>>,
    /// Not there where no resource is of Google.
    pub google: Option<Box<Google>>,
}

impl Clouds {
    /// The doors that are open.
    fn doors(&self) -> impl Iterator<Item = (Provider, &dyn Cloud)> {
        let aws = self.aws.as_deref().map(|aws| aws as &dyn Cloud);
        let google = self.google.as_deref().map(|google| google as &dyn Cloud);
        let doors = [(Provider::Aws, aws), (Provider::Google, google)];
        doors
            .into_iter()
            .filter_map(|(provider, door)| Some((provider, door?)))
    }

    fn all(&self) -> impl Iterator<Item = &dyn Cloud> {
        self.doors().map(|(_, door)| door)
    }

    /// The door of a resource.
    fn of(&self, resource: &Resource) -> Result<&dyn Cloud> {
        let provider = resource.provider();
        let mut doors = self.doors();
        let door = doors.find_map(|(of, door)| (of == provider).then_some(door));
        door.ok_or_else(|| {
            anyhow!(
                "{} is of {provider}, which was not asked",
                resource.address()
            )
        })
    }
}

#[async_trait]
impl Cloud for Clouds {
    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn will_observe(&self, all: &[&Resource]) {
        for (provider, door) in self.doors() {
            let own = all.iter().filter(|one| one.provider() == provider);
            door.will_observe(&own.copied().collect::<Vec<_>>());
        }
    }

    fn remarks(&self) -> Vec<String> {
        self.all().flat_map(Cloud::remarks).collect()
    }

    async fn observe(&self, want: &Resource) -> Result<Observation> {
        self.of(want)?.observe(want).await
    }

    async fn observe_unwanted(&self, want: &Resource) -> Result<Unwanted> {
        self.of(want)?.observe_unwanted(want).await
    }

    async fn create(&self, want: &Resource) -> Result<()> {
        self.of(want)?.create(want).await
    }

    async fn update(&self, have: &Resource, want: &Resource) -> Result<()> {
        self.of(want)?.update(have, want).await
    }

    async fn delete(&self, have: &Resource) -> Result<()> {
        self.of(have)?.delete(have).await
    }

    async fn rotation(&self, want: &Resource, how: &Rotating) -> Result<Rotation> {
        self.of(want)?.rotation(want, how).await
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<()> {
        self.of(&rotation.want)?.rotate(rotation).await
    }

    fn id_given(&self, want: &Resource) -> Option<String> {
        self.of(want).ok()?.id_given(want)
    }

    fn announce(&self, deed: &Deed<'_>) -> Vec<Announced> {
        let (Deed::Create(on) | Deed::Update(_, on) | Deed::Delete(on)) = deed;
        self.of(on).map_or(Vec::new(), |door| door.announce(deed))
    }

    async fn history(&self, of: &Resource) -> Result<History> {
        self.of(of)?.history(of).await
    }

    fn hold_to(&self, announced: &[Announced]) {
        self.all().for_each(|door| door.hold_to(announced));
    }

    fn may_go_on(&self) -> Result<()> {
        self.all().try_for_each(Cloud::may_go_on)
    }

    async fn marked(&self) -> Result<Marked> {
        let mut marked = Marked::default();
        for door in self.all() {
            let Marked { marks, unreadable } = door.marked().await?;
            marked.marks.extend(marks);
            marked.unreadable.extend(unreadable);
        }
        marked
            .marks
            .sort_by(|one, other| one.address.cmp(&other.address));
        Ok(marked)
    }

    fn calls(&self) -> Calls {
        let mut calls = Calls::default();
        for door in self.all() {
            let own = door.calls();
            calls.total += own.total;
            for (operation, times) in own.by_operation {
                *calls.by_operation.entry(operation).or_default() += times;
            }
        }
        calls
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::google;
    use crate::resource::google::ServiceAccount;
    use crate::resource::{Google as Kind, Role};
    use std::sync::Arc;
    use std::time::Duration;

    #[tokio::test]
    async fn a_resource_is_behind_the_door_of_its_own_provider() {
        let scope = Scope {
            account: String::new(),
            partition: "aws".into(),
            region: "us-east-1".into(),
            project: Some("acme-backups".into()),
        };
        let options = google::Options {
            endpoint: Some("http://127.0.0.1:9".into()),
            budget: None,
            per_second: None,
            timeout: Duration::from_secs(1),
        };
        let google = google::connect(&options, &scope, Arc::new(|_| {})).unwrap();
        let clouds = Clouds {
            scope,
            aws: None,
            google: Some(Box::new(google)),
        };
        let account = ServiceAccount::named("events", "acme-backups");
        let account = Resource::Google(Kind::ServiceAccount(account));
        assert!(clouds.of(&account).is_ok());
        let error = clouds.of(&Resource::Role(Role::named("r"))).map(|_| ());
        let said = error.unwrap_err().to_string();
        assert_eq!(said, "role.r is of AWS, which was not asked");
        assert_eq!(
            clouds.calls().total,
            0,
            "nobody is asked before the first call"
        );
    }
}
