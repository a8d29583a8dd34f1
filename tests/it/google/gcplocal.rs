//! A Google Cloud that is not ours: what it takes and gives is what is documented, as somebody else reads
//! it. It has no service accounts' policies, no pools, no etags, and nothing of a key but its id.

use super::{APPLY, PLAN};
use crate::support::{Server, google::tool_at};

const MANIFEST: &str = r"
name: events
google:
  project: acme-gcplocal
  bucket:
    name: acme-gcplocal-events
    location: EU
    public_access_prevention: inherited
    versioning: true
    lifecycle:
      - {action: delete, age_days: 30}
  roles:
    rudderEvents:
      title: Events
  service_accounts:
    rudder-events:
      display_name: Events
  grants:
    - to: service_account.rudder-events
      allow: [write, read]
      through: google_role.rudderEvents
";

#[test]
fn what_is_made_at_another_server_is_read_back_as_it_was_wanted() {
    let tool = tool_at(Server::gcplocal().endpoint());
    tool.file("events.yaml", MANIFEST);
    tool.run(APPLY).expect_code(0);
    tool.run(PLAN).expect_code(0);
    let changed = MANIFEST
        .replace("title: Events", "title: All events")
        .replace("display_name: Events", "display_name: All events")
        .replace("versioning: true", "versioning: false");
    tool.file("events.yaml", &changed);
    tool.run(PLAN).expect_code(2);
    tool.run(APPLY).expect_code(0);
    tool.run(PLAN).expect_code(0);
}
