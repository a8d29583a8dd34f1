//! Uploads in parts, by the XML API: begun, given up and listed.

use super::access::{allowed, who};
use super::reply::{Outcome, Reply};
use super::route::Asked;
use super::state::State;

pub fn answer(state: &mut State, asked: &Asked) -> Outcome {
    let (bucket, object) = (asked.name(0).to_owned(), asked.name(1).to_owned());
    if !state.buckets.contains_key(&bucket) {
        return Err(error(
            404,
            "NoSuchBucket",
            "The specified bucket does not exist.",
        ));
    }
    let in_bucket = format!("projects/_/buckets/{bucket}");
    let named = format!("{in_bucket}/objects/{object}");
    let needed: &[(&str, &str)] = match asked.method {
        "storage.multipartUploads.create" => &[
            ("storage.multipartUploads.create", &named),
            ("storage.objects.create", &named),
        ],
        "storage.multipartUploads.abort" => &[("storage.multipartUploads.abort", &named)],
        _ => &[("storage.multipartUploads.list", &in_bucket)],
    };
    if let Some((permission, _)) = needed
        .iter()
        .find(|(one, on)| !allowed(state, asked, one, on))
    {
        let said = format!("{} does not have {permission}", who(state, asked));
        return Err(match who(state, asked).as_str() {
            "Anonymous caller" => error(401, "AuthenticationRequired", "Authentication required."),
            _ => error(403, "AccessDenied", &said),
        });
    }
    let id = format!("upload-{}", state.next());
    let uploads = &mut state.buckets.get_mut(&bucket).expect("it is there").uploads;
    match asked.method {
        "storage.multipartUploads.create" => {
            let body = format!(
                "<?xml version='1.0' encoding='UTF-8'?><InitiateMultipartUploadResult><Bucket>{bucket}\
                 </Bucket><Key>{object}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            );
            uploads.insert(id, object);
            Ok(xml(200, body))
        }
        "storage.multipartUploads.abort" => {
            let id = asked.parameter("uploadId").unwrap_or_default();
            match uploads.remove(id) {
                Some(_) => Ok(Reply::nothing()),
                None => Err(error(
                    404,
                    "NoSuchUpload",
                    "The requested upload was not found.",
                )),
            }
        }
        _ => Ok(xml(
            200,
            "<ListMultipartUploadsResult></ListMultipartUploadsResult>".to_owned(),
        )),
    }
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    xml(
        status,
        format!(
            "<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        ),
    )
}

fn xml(status: u16, body: String) -> Reply {
    Reply {
        status,
        body: body.into_bytes(),
    }
}
