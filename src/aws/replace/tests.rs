//! Looks before and after a write, and what comes of them.

use super::super::error::refusal;
use super::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const FAST: Patience = Patience {
    bound: Duration::from_millis(60),
    first: Duration::from_millis(1),
    longest: Duration::from_millis(8),
};

/// What came of it, what was handed to the writes, and what was said, where the looks before and
/// after the write show these; the last one again and again.
async fn run<T: PartialEq + Clone>(
    aspect: &Aspect<T>,
    before: &[Result<T>],
    after: &[Result<T>],
) -> (Result<Ended>, Vec<Option<T>>, Vec<String>) {
    let (writes, looks) = (Mutex::new(Vec::new()), Mutex::new([0, 0]));
    let said = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&said);
    let waiting: Waiting = Arc::new(move |text: &str| told.lock().unwrap().push(text.to_owned()));
    let look = || {
        let written = usize::from(!writes.lock().unwrap().is_empty());
        let shown = [before, after][written];
        let looked = &mut looks.lock().unwrap()[written];
        *looked += 1;
        let found = shown[(*looked - 1).min(shown.len() - 1)].clone();
        async move { found }
    };
    let put = |now: Option<T>| {
        writes.lock().unwrap().push(now);
        async { Ok(()) }
    };
    let ended = exchange(&FAST, &waiting, aspect, look, put).await;
    let said = said.lock().unwrap().clone();
    (ended, writes.into_inner().unwrap(), said)
}

const HAVE: u8 = 1;
const WANT: u8 = 2;
const OTHER: u8 = 3;

fn aspect() -> Aspect<u8> {
    Aspect::new("the number of role.r", HAVE, WANT)
}

#[tokio::test]
async fn what_is_as_the_plan_saw_it_is_replaced() {
    let (ended, writes, said) = run(&aspect(), &[Ok(HAVE)], &[Ok(WANT)]).await;
    assert_eq!(
        (ended, writes, said.len()),
        (Ok(Ended::AsWanted), vec![Some(HAVE)], 0)
    );
}

#[tokio::test]
async fn what_is_as_wanted_is_not_written() {
    let (ended, writes, _) = run(&aspect(), &[Ok(WANT)], &[Ok(OTHER)]).await;
    assert_eq!((ended, writes), (Ok(Ended::AsWanted), vec![]));
}

#[tokio::test]
async fn what_somebody_changed_is_refused_and_not_written() {
    let (ended, writes, _) = run(&aspect(), &[Ok(OTHER)], &[Ok(WANT)]).await;
    let Err(Error::Ours(failure)) = ended else {
        panic!()
    };
    assert_eq!(
        failure.message,
        "the number of role.r was changed since the plan was made"
    );
    assert!(failure.hint.unwrap().starts_with("plan again"));
    assert_eq!(writes, vec![]);
}

#[tokio::test]
async fn one_read_that_differs_is_no_proof() {
    let (ended, writes, _) = run(&aspect(), &[Ok(OTHER), Ok(HAVE)], &[Ok(OTHER), Ok(WANT)]).await;
    assert_eq!((ended, writes), (Ok(Ended::AsWanted), vec![Some(HAVE)]));
}

#[tokio::test]
async fn what_is_shown_late_is_told_and_no_failure() {
    let late = [Ok(HAVE), Ok(WANT)];
    let (ended, _, said) = run(&aspect(), &[Ok(HAVE)], &late).await;
    assert_eq!(
        (ended, said.len()),
        (Ok(Ended::AsWanted), 0),
        "it came in time"
    );
    let (ended, writes, said) = run(&aspect(), &[Ok(HAVE)], &[Ok(HAVE)]).await;
    assert_eq!((ended, writes.len()), (Ok(Ended::AsBefore), 1));
    assert_eq!(
        said,
        ["the number of role.r was written, and AWS does not show it yet"]
    );
}

#[tokio::test]
async fn what_somebody_writes_after_it_is_told() {
    let (ended, writes, _) = run(&aspect(), &[Ok(HAVE)], &[Ok(OTHER)]).await;
    assert_eq!((ended, writes.len()), (Ok(Ended::Otherwise), 1));
}

#[tokio::test]
async fn who_may_not_read_goes_unguarded_and_any_other_error_stops() {
    for code in ["AccessDenied", "NoSuchEntity"] {
        let unseen = [Err(refusal("iam:GetRole", 403, code, ""))];
        let (ended, writes, _) = run(&aspect(), &unseen, &unseen).await;
        assert_eq!((ended, writes), (Ok(Ended::AsWanted), vec![None]), "{code}");
    }
    let failed = [Err(refusal("iam:GetRole", 500, "ServiceFailure", ""))];
    let (ended, writes, _) = run(&aspect(), &failed, &failed).await;
    assert!(ended.is_err() && writes.is_empty(), "before: unwritten");
    let (ended, writes, _) = run(&aspect(), &[Ok(HAVE)], &failed).await;
    assert!(ended.is_err() && writes.len() == 1, "after: not known");
}

const ROLE: &str = "arn:aws:iam::123456789012:role/r";
const ID: &str = "AROAEXAMPLEID1234567";

fn policy(who: &str, action: &str) -> Document {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"{action}",
            "Principal":{{"AWS":"{who}"}},"Resource":"arn:aws:s3:::b/*"}}}}"#
    );
    Document::parse(&text).unwrap()
}

#[test]
fn a_policy_was_changed_only_if_something_else_than_ids_differs() {
    let have = policy(ROLE, "s3:GetObject");
    let other = "arn:aws:iam::123456789012:role/AROA";
    for (now, changed, reason) in [
        (policy(ROLE, "s3:GetObject"), false, "it is the same"),
        (policy(ID, "s3:GetObject"), false, "the role was deleted"),
        (
            policy(other, "s3:GetObject"),
            true,
            "somebody else is let in",
        ),
        (policy(ROLE, "s3:PutObject"), true, "for something else"),
        (
            policy(ID, "s3:PutObject"),
            true,
            "for something else, and deleted",
        ),
    ] {
        assert_eq!(was_changed(&now, &have), changed, "{reason}");
    }
    let bound_again = have.without_principals();
    assert!(!was_changed(&have, &bound_again));
    assert!(!was_changed(&policy(ID, "s3:GetObject"), &bound_again));
    assert!(was_changed(&policy(ROLE, "s3:PutObject"), &bound_again));
}

#[tokio::test]
async fn a_document_that_is_bound_to_a_former_role_is_written_though_it_reads_the_same() {
    let want = Some(policy(ROLE, "s3:GetObject"));
    let have = want.as_ref().map(Document::without_principals);
    let aspect = Aspect::bound("the policy", have, want.clone());
    let (ended, writes, _) = run(&aspect, &[Ok(want.clone())], &[Ok(want.clone())]).await;
    assert_eq!(
        (ended, writes),
        (Ok(Ended::AsWanted), vec![Some(want.clone())])
    );
    let aspect = Aspect::bound("the policy", want.clone(), want.clone());
    let shown = [Ok(Some(policy(ID, "s3:GetObject")))];
    let (ended, writes, _) = run(&aspect, &shown, &shown).await;
    assert_eq!(ended, Ok(Ended::AsWanted), "an id is as good as its ARN");
    assert_eq!(writes.len(), 1, "but it may be that of a former role");
}
