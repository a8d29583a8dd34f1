//! Which calls change something when a resource is created, updated or deleted: told from the plan alone,
//! before one is sent.

use super::Google;
use super::{bindings, bucket, pool, provider, role, service_account};
use crate::cloud::{Announced, Deed};
use crate::permissions::Method;
use crate::resource::google::{Bindings, Holder, ServiceAccountKey};
use crate::resource::{Google as Kind, Place, Replaced, Resource};

/// The calls so far, on one resource.
struct Calls {
    on: String,
    all: Vec<Announced>,
}

impl Calls {
    fn on(resource: &Resource) -> Self {
        Self {
            on: resource.address().to_string(),
            all: Vec::new(),
        }
    }

    fn add(&mut self, method: Method) {
        let on = self.on.clone();
        self.add_on(method, on, None, None);
    }

    fn add_if(&mut self, method: Method, changes: bool) {
        if changes {
            self.add(method);
        }
    }

    fn add_on(&mut self, method: Method, on: String, which: Option<&str>, only_if: Option<&str>) {
        self.all.push(Announced {
            operation: method.name(),
            on,
            which: which.map(str::to_owned),
            only_if: only_if.map(str::to_owned),
        });
    }

    fn bindings(&mut self, have: Option<&Bindings>, want: &Bindings) {
        let method = match want.holder() {
            Some(Holder::ServiceAccount(_)) => Method::AccountsSetIamPolicy,
            _ => Method::BucketsSetIamPolicy,
        };
        self.add_if(method, bindings::differ(have, want));
    }

    /// From what there is of keys to one that is in its sink.
    fn key(&mut self, have: &ServiceAccountKey, want: &ServiceAccountKey) {
        let secret = match want.sink.as_ref().map(|sink| &sink.place) {
            Some(Place::GoogleSecretManager { project, name }) => {
                Some(format!("projects/{project}/secrets/{name}"))
            }
            _ => None,
        };
        let on = self.on.clone();
        if have.id.is_none()
            && let Some(secret) = &secret
        {
            let none = Some("there is no such secret");
            self.add_on(Method::SecretsCreate, secret.clone(), None, none);
        }
        for id in have.unfinished.union(&have.others) {
            self.add_on(Method::KeysDelete, on.clone(), Some(id), None);
        }
        if have.id.is_some() {
            if have.sink.is_none()
                && let Some(secret) = &secret
            {
                let cut_short = Some("a hand-over was cut short");
                self.add_on(Method::SecretsPatch, secret.clone(), None, cut_short);
            }
            let writes = have.sink.is_none() || have.interrupted;
            self.add_if(Method::AccountsPatch, writes);
        }
        for (id, state) in &have.replaced {
            let method = match state {
                Replaced::Due => Method::KeysDelete,
                Replaced::Active => Method::KeysDisable,
                Replaced::Waiting | Replaced::Gone => continue,
            };
            self.add_on(method, on.clone(), Some(id), None);
        }
        if have.id.is_some() {
            let is_gone = |state: &Replaced| matches!(state, Replaced::Due | Replaced::Gone);
            if have.replaced.values().any(is_gone) {
                let which = Some("that a key is deleted");
                self.add_on(Method::AccountsPatch, on, which, None);
            }
            return self.add_if(Method::KeysEnable, have.status != want.status);
        }
        self.add_on(
            Method::AccountsPatch,
            on.clone(),
            Some("that a key is made"),
            None,
        );
        self.add(Method::KeysCreate);
        if let Some(secret) = secret {
            self.add_on(Method::SecretsAddVersion, secret.clone(), None, None);
            self.add_on(Method::SecretsPatch, secret, None, None);
        }
        self.add_on(
            Method::AccountsPatch,
            on.clone(),
            Some("which key it is"),
            None,
        );
        let lost = Some("it could not be handed over, or the answer to its making is lost");
        self.add_on(Method::KeysDelete, on.clone(), None, lost);
        let meets = Some("another run makes a key, too, or none was made");
        self.add_on(Method::AccountsPatch, on, None, meets);
    }

    fn create(&mut self, want: &Kind) {
        match want {
            Kind::Bindings(want) => self.bindings(None, want),
            Kind::Bucket(_) => self.add(Method::BucketsInsert),
            Kind::Pool(_) => self.add(Method::PoolsCreate),
            Kind::Provider(_) => self.add(Method::ProvidersCreate),
            Kind::Role(_) => self.add(Method::RolesCreate),
            Kind::ServiceAccount(want) => {
                self.add(Method::AccountsCreate);
                self.add_if(Method::AccountsDisable, want.disabled);
            }
            Kind::ServiceAccountKey(want) => {
                self.key(&ServiceAccountKey::none(&want.name, &want.project), want);
            }
        }
    }

    fn update(&mut self, have: &Kind, want: &Kind) {
        match (have, want) {
            (Kind::Bindings(have), Kind::Bindings(want)) => self.bindings(Some(have), want),
            (Kind::Bucket(have), Kind::Bucket(want)) => {
                let changes = bucket::fields(have) != bucket::fields(want);
                self.add_if(Method::BucketsPatch, changes);
            }
            (Kind::Pool(have), Kind::Pool(want)) => {
                self.add_if(Method::PoolsUndelete, have.deleted && !want.deleted);
                let changes = pool::fields(have) != pool::fields(want);
                self.add_if(Method::PoolsPatch, changes);
            }
            (Kind::Provider(have), Kind::Provider(want)) => {
                self.add_if(Method::ProvidersUndelete, have.deleted && !want.deleted);
                let changes = provider::fields(have) != provider::fields(want);
                self.add_if(Method::ProvidersPatch, changes);
            }
            (Kind::Role(have), Kind::Role(want)) => {
                self.add_if(Method::RolesUndelete, have.deleted && !want.deleted);
                let changes = role::fields(have) != role::fields(want);
                self.add_if(Method::RolesPatch, changes);
            }
            (Kind::ServiceAccount(have), Kind::ServiceAccount(want)) => {
                let changes = service_account::differ(have, want);
                self.add_if(Method::AccountsPatch, changes);
                if have.disabled != want.disabled {
                    self.add(match want.disabled {
                        true => Method::AccountsDisable,
                        false => Method::AccountsEnable,
                    });
                }
            }
            (Kind::ServiceAccountKey(have), Kind::ServiceAccountKey(want)) => self.key(have, want),
            // A step that fails before its first call.
            _ => {}
        }
    }

    fn delete(&mut self, have: &Kind, emptied: bool) {
        match have {
            Kind::Bindings(_) => {}
            Kind::Bucket(_) => {
                if emptied {
                    let on = self.on.clone();
                    let some = Some("it holds objects");
                    self.add_on(Method::ObjectsDelete, on, None, some);
                }
                self.add(Method::BucketsDelete);
            }
            Kind::Pool(have) => self.add_if(Method::PoolsDelete, !have.deleted),
            Kind::Provider(have) => self.add_if(Method::ProvidersDelete, !have.deleted),
            Kind::Role(have) => self.add_if(Method::RolesDelete, !have.deleted),
            Kind::ServiceAccount(_) => self.add(Method::AccountsDelete),
            Kind::ServiceAccountKey(have) => {
                let on = self.on.clone();
                for id in have.ids() {
                    self.add_on(Method::KeysDelete, on.clone(), Some(&id), None);
                }
                let record = Some("the account's description says something of it");
                self.add_on(Method::AccountsPatch, on, None, record);
            }
        }
    }
}

impl Google {
    /// The calls that change something, in the order in which they are made.
    pub(super) fn announced(&self, deed: &Deed<'_>) -> Vec<Announced> {
        let (Deed::Create(on) | Deed::Update(_, on) | Deed::Delete(on)) = deed;
        let mut calls = Calls::on(on);
        match deed {
            Deed::Create(Resource::Google(want)) => calls.create(want),
            Deed::Update(Resource::Google(have), Resource::Google(want)) => {
                calls.update(have, want);
            }
            Deed::Delete(resource @ Resource::Google(have)) => {
                calls.delete(have, self.removal.empties(&resource.address()));
            }
            // Behind another door.
            _ => {}
        }
        calls.all
    }
}
