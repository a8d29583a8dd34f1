//! The calls that change access keys, and the sinks of AWS that hold them. Files and secrets of GitHub
//! are written without a call of AWS.

use super::super::access_key;
use super::Calls;
use crate::permissions::Operation;
use crate::resource::{AccessKey, Address, Place, Replaced, Scope};

/// Why a key that was just made goes again.
const UNDONE: &str = "the key cannot be handed over";

impl Calls {
    fn of_user(&mut self, operation: Operation, user: &AccessKey, which: Option<&str>) {
        let on = Address::new("user", &user.name).to_string();
        self.add_on(operation, on, which);
    }

    fn perhaps_of_user(&mut self, operation: Operation, user: &AccessKey, only_if: &str) {
        self.of_user(operation, user, None);
        self.only_if(only_if);
    }

    fn delete_key(&mut self, user: &AccessKey, id: &str) {
        self.of_user(Operation::IamDeleteAccessKey, user, Some(id));
        self.of_user(Operation::IamUntagUser, user, Some(id));
    }

    pub(super) fn update_access_key(&mut self, have: &AccessKey, want: &AccessKey, scope: &Scope) {
        if have.id.is_none() {
            self.sink(want, scope, true);
        }
        if let (Some(id), None) = (&have.id, &have.sink) {
            self.of_user(Operation::IamTagUser, want, Some(id));
        }
        for id in have.unfinished.union(&have.others) {
            self.delete_key(want, id);
        }
        for (id, state) in &have.replaced {
            match state {
                Replaced::Due => self.delete_key(want, id),
                Replaced::Active => {
                    self.of_user(Operation::IamTagUser, want, Some(id));
                    self.of_user(Operation::IamUpdateAccessKey, want, Some(id));
                }
                Replaced::Waiting => {}
                Replaced::Gone => self.of_user(Operation::IamUntagUser, want, Some(id)),
            }
        }
        let Some(id) = &have.id else {
            return self.make_key(want, scope);
        };
        if have.status != want.status {
            self.of_user(Operation::IamUpdateAccessKey, want, Some(id));
        }
        if have.interrupted {
            self.of_user(Operation::IamUntagUser, want, Some("the intent"));
        }
    }

    fn make_key(&mut self, want: &AccessKey, scope: &Scope) {
        self.of_user(Operation::IamTagUser, want, Some("the intent"));
        self.of_user(Operation::IamCreateAccessKey, want, None);
        self.sink(want, scope, false);
        self.of_user(Operation::IamTagUser, want, Some("the record"));
        self.of_user(Operation::IamUntagUser, want, Some("the intent"));
        self.perhaps_of_user(Operation::IamTagUser, want, "another run makes a key, too");
        self.perhaps_of_user(Operation::IamDeleteAccessKey, want, UNDONE);
        self.perhaps_of_user(Operation::IamUntagUser, want, UNDONE);
    }

    /// The sink is tried out before there is a key, and written with it.
    fn sink(&mut self, want: &AccessKey, scope: &Scope, trial: bool) {
        let which = match trial {
            true => "a trial",
            false => "the key",
        };
        match want.sink.as_ref().map(|sink| &sink.place) {
            Some(Place::SecretsManager { name, region, .. }) => {
                let on = access_key::secret_arn(scope, region, name);
                if trial {
                    self.add_on(Operation::SecretsManagerCreateSecret, on.clone(), None);
                    self.only_if("there is no such secret");
                }
                self.add_on(Operation::SecretsManagerPutSecretValue, on, Some(which));
            }
            Some(Place::ParameterStore { name, region, .. }) => {
                let on = access_key::parameter_arn(scope, region, name);
                self.add_on(Operation::SsmPutParameter, on, Some(which));
                // One that is there is not tried out: there would be a moment without its value.
                if trial {
                    self.only_if("there is no such parameter");
                }
            }
            _ => {}
        }
    }

    pub(super) fn delete_access_key(&mut self, have: &AccessKey) {
        for id in have.ids() {
            self.delete_key(have, &id);
        }
        self.of_user(Operation::IamUntagUser, have, Some("the intent"));
    }
}
