"""Show what s3setup does, on an AWS server of this machine: `make demo`.

    .venv/bin/python tests/demo.py target/debug/s3setup

Every command is really run and its real output shown. Each step says what has to come of it, and
the demo fails as soon as something else does. Nothing of the caller's AWS configuration is read,
only 127.0.0.1 is bound, and what was started here is ended, on Ctrl-C too.
"""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

sys.dont_write_bytecode = True  # the checkout stays as it is
from serve import serve  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 80
ACCOUNT = "111122223333"
REGION = "us-east-1"
README = ROOT / "README.md"
POLICIES = ROOT / "docs" / "policies"
REPOSITORY = "acme/backups"
MAIN_BRANCH = f"repo:{REPOSITORY}:ref:refs/heads/main"
MANIFEST = "manifests/neon.yaml"
ROLE = "neon-s3-backup-github-actions"
BUCKET = f"neon-s3-backup-{ACCOUNT}"
INPUTS = (MANIFEST, "--set", f"repository={REPOSITORY}")
COMMAND_ENDS_WITHIN_SECONDS = 60


class NotAsItSays(Exception):
    """Something came out otherwise than the demo tells."""


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: demo.py BINARY")
    binary = pathlib.Path(sys.argv[1]).resolve()
    if not binary.is_file():
        sys.exit(f"{binary} is missing: `make demo` builds it")
    for kind in (signal.SIGTERM, signal.SIGHUP):
        # Leave by way of `finally`, so that the server ends with us.
        signal.signal(kind, lambda number, _: sys.exit(128 + number))
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="s3setup-demo-") as folder:
            folder = pathlib.Path(folder)
            forget_the_callers_aws(folder)
            shutil.copytree(ROOT / "manifests", folder / "manifests")
            with serve("ministack", log=folder / "ministack.log") as endpoint:
                aws = Aws(endpoint)
                show(Tool(binary, folder, endpoint, aws), aws)
    except NotAsItSays as failure:
        print(f"\nThe demo FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
    what_next(binary, time.monotonic() - started)


def show(tool, aws):
    """All steps."""
    intro()

    step("Look first. The plan says what would be done, and does nothing.")
    plan = tool.run("plan", *INPUTS, code=0, says=["Plan: 4 to create", "s3setup apply"])
    expect(aws.buckets() == [], "a plan creates no bucket")

    step("Apply it: exactly what the plan said, or nothing if AWS changed since.")
    tool.run("apply", "--yes", code=0, says=["4 done", f"IAM_ROLE        {ROLE}"], begin="Plan:")
    expect(aws.buckets() == [BUCKET], "the bucket is there, and no other")
    expect(aws.is_private(), "the bucket refuses public access")

    step("Plan again: there is nothing left to do.")
    tool.run("plan", *INPUTS, code=0, says=["No changes."])

    step("Weeks later, somebody in a hurry clicks in the console: the role becomes an "
         "administrator, and another account may read every backup. In boto3:")
    aws.tamper()
    say("")
    with fact("the backup job may now do anything, such as list the users"):
        aws.session(MAIN_BRANCH, "iam").list_users()

    step("A scheduled job asks whether AWS still is as the manifest says. It is not: exit code 2.")
    drift = tool.run("drift", *INPUTS, code=2, says=["AdministratorAccess", "444455556666"])

    step("Apply again. Only what differs is put right.")
    tool.run("apply", *INPUTS, "--yes", code=0, says=["2 to update", "2 done"])

    step("In sync again: exit code 0.")
    tool.run("drift", *INPUTS, code=0, says=["In sync"])
    expect(aws.attached() == [], "AdministratorAccess is detached")
    expect("444455556666" not in aws.bucket_policy(), "the other account is out of the policy")

    step("Do the policies also do what they should? A job of the main branch becomes the role with "
         "its token, tries all that it may and much that it may not, and removes what it wrote.")
    (tool.folder / "token").write_text(github_token(MAIN_BRANCH), encoding="utf-8")
    verified = tool.run("verify", *INPUTS, "--web-identity-token-file", "token", code=0,
                        says=["all as promised (35 by calls"])
    expect(aws.nothing_in_the_bucket(), "nothing is left in the bucket")

    prove(aws)
    for text, end in ((plan, "\nPlan:"), (drift, "\nDrift:"), (verified, "\nVerified:")):
        # All but the last lines, which tell the time it took.
        shown = text[: text.index(end)]
        expect(shown in README.read_text(encoding="utf-8"), f"{README.name} shows:\n{shown}")


def prove(aws):
    """What all of it is for: who gets in, and who does not."""
    step("What it is all for: the backup job gets in without any stored key, and nobody else does. "
         "These are web identity tokens as GitHub issues them. (The server here checks the trust "
         "policy and the bucket policy as AWS does, but not GitHub's signature.)")
    with fact(f"{MAIN_BRANCH} assumes the role"):
        backup = aws.session(MAIN_BRANCH, "s3")
    with fact("  writes a backup and reads it back"):
        content = b"pg_dump of today"
        backup.put_object(Bucket=BUCKET, Key="acme/today.sql.gz", Body=content)
        read = backup.get_object(Bucket=BUCKET, Key="acme/today.sql.gz")["Body"].read()
        expect(read == content, "what is read is what was written")
    with fact("  lists the backups and deletes an old one"):
        keys = [found["Key"] for found in backup.list_objects_v2(Bucket=BUCKET)["Contents"]]
        expect(keys == ["acme/today.sql.gz"], f"one backup is listed: {keys}")
        backup.delete_object(Bucket=BUCKET, Key="acme/today.sql.gz")
    refused("  but may not change the bucket's policy",
            lambda: backup.delete_bucket_policy(Bucket=BUCKET))
    refused("  nor list the users any more", aws.session(MAIN_BRANCH, "iam").list_users)
    for subject in (
        "repo:evil/backups:ref:refs/heads/main",
        f"repo:{REPOSITORY}:ref:refs/heads/feature",
        f"repo:{REPOSITORY}:pull_request",
    ):
        refused(subject, lambda subject=subject: aws.session(subject, "s3"))


class Tool:
    """The binary, in a folder and an environment of its own, as a user who may do no more than
    the policies in docs/policies/ allow."""

    def __init__(self, binary, folder, endpoint, aws):
        self.binary = binary
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1",
            "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true",
        }
        apply = aws.user("apply")
        self.users = {"plan": apply, "apply": apply, "drift": aws.user("drift"),
                      "verify": aws.user("verify")}

    def run(self, *arguments, code, says, begin=None):
        """Run a command, show it, and fail unless it ends with `code` and says all of `says`.

        What comes before the first line that starts with `begin` was shown already.
        """
        command = textwrap.wrap(f"$ s3setup {' '.join(arguments)}", WIDTH - 2, subsequent_indent="    ",
                                break_long_words=False, break_on_hyphens=False)
        for line in command[:-1]:
            say(f"{line} \\")
        say(command[-1])
        try:
            done = subprocess.run(
                [self.binary, *arguments], cwd=self.folder,
                env=self.environment | self.users[arguments[0]],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                encoding="utf-8", timeout=COMMAND_ENDS_WITHIN_SECONDS,
            )
        except subprocess.TimeoutExpired as slow:
            raise NotAsItSays(f"it did not end within {slow.timeout:.0f} s") from None
        text = done.stdout.rstrip()
        shown = text.splitlines()
        first = next((at for at, line in enumerate(shown) if begin and line.startswith(begin)), 0)
        if first > 0:
            print("… (as shown above)")
        print("\n".join(shown[first:]), flush=True)
        if code != 0:
            say(f"(exit code {done.returncode})")
        expect(done.returncode == code, f"the exit code is {code}, and was {done.returncode}")
        for part in says:
            expect(part in text, f"the output says {part!r}")
        return text


class Aws:
    """The account as boto3 sees it: a second client, which is not ours."""

    def __init__(self, endpoint):
        # Here and not above: nothing of it is to be read before the environment is clean.
        import boto3
        import botocore.config

        self.endpoint = endpoint
        self.boto3 = boto3
        self.unsigned = botocore.config.Config(signature_version=botocore.UNSIGNED)
        self.s3 = self.client("s3", ACCOUNT, "demo")
        self.iam = self.client("iam", ACCOUNT, "demo")

    def client(self, service, key=None, secret=None, token=None, config=None):
        return self.boto3.client(
            service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=key,
            aws_secret_access_key=secret, aws_session_token=token, config=config,
        )

    def user(self, purpose):
        """A user with the policy of docs/policies/ for this purpose; its key as environment."""
        policy = (POLICIES / f"neon-{purpose}.json").read_text(encoding="utf-8")
        # AWS knows providers by their ARNs; the server here takes only "*" in their place.
        provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
        expect(provider in policy, f"the policy for {purpose} names the OIDC provider")
        self.iam.create_user(UserName=purpose)
        self.iam.put_user_policy(
            UserName=purpose, PolicyName=purpose, PolicyDocument=policy.replace(provider, "*"))
        key = self.iam.create_access_key(UserName=purpose)["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def buckets(self):
        return [bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]]

    def is_private(self):
        answer = self.s3.get_public_access_block(Bucket=BUCKET)
        return all(answer["PublicAccessBlockConfiguration"].values())

    def nothing_in_the_bucket(self):
        objects = self.s3.list_object_versions(Bucket=BUCKET)
        uploads = self.s3.list_multipart_uploads(Bucket=BUCKET)
        return not any(objects.get(kind) for kind in ("Versions", "DeleteMarkers")) \
            and not uploads.get("Uploads")

    def attached(self):
        return self.iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]

    def bucket_policy(self):
        return self.s3.get_bucket_policy(Bucket=BUCKET)["Policy"]

    def tamper(self):
        """Two changes behind the tool's back."""
        say(">>> iam.attach_role_policy(")
        say(f"...     RoleName={ROLE!r},")
        say("...     PolicyArn='arn:aws:iam::aws:policy/AdministratorAccess')")
        self.iam.attach_role_policy(
            RoleName=ROLE, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        policy = json.loads(self.bucket_policy())
        policy["Statement"].append({
            "Sid": "Temporary", "Effect": "Allow", "Action": "s3:GetObject",
            "Principal": {"AWS": "444455556666"}, "Resource": f"arn:aws:s3:::{BUCKET}/*",
        })
        say(">>> policy['Statement'].append({'Sid': 'Temporary', 'Effect': 'Allow',")
        say("...     'Principal': {'AWS': '444455556666'}, 'Action': 's3:GetObject', …})")
        say(">>> s3.put_bucket_policy(Bucket=…, Policy=json.dumps(policy))")
        self.s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))

    def session(self, subject, service):
        """A client in a session of the role, for the holder of a token with this subject."""
        answer = self.client("sts", config=self.unsigned).assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{ROLE}", RoleSessionName="backup",
            WebIdentityToken=github_token(subject),
        )["Credentials"]
        return self.client(
            service, answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


def github_token(subject):
    """A token as GitHub issues them to a job, but for the signature."""
    return web_identity_token(
        iss="https://token.actions.githubusercontent.com", aud="sts.amazonaws.com", sub=subject)


def web_identity_token(**claims):
    """A JWT with these claims and no signature."""
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


@contextlib.contextmanager
def fact(text):
    """Something that has to be possible."""
    import botocore.exceptions

    try:
        yield
    except botocore.exceptions.ClientError as error:
        raise NotAsItSays(f"{text.strip()}: {error}") from None
    say(f"  yes      {text}")


def refused(text, attempt):
    """Something that has to be impossible, and for this reason alone."""
    import botocore.exceptions

    try:
        attempt()
    except botocore.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        expect(code == "AccessDenied", f"{text.strip()}: refused for another reason, {error}")
    else:
        raise NotAsItSays(f"{text.strip()}: this was not refused")
    say(f"  refused  {text}")


def forget_the_callers_aws(folder):
    """Keep nothing of the environment but the way to programs: no profile, no key, no proxy."""
    path = os.environ["PATH"]
    os.environ.clear()
    os.environ.update({
        "PATH": path, "HOME": str(folder), "TMPDIR": str(folder), "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
    })


def intro():
    text = (ROOT / MANIFEST).read_text(encoding="utf-8")
    size = len([line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")])
    paragraph(
        f"s3setup, on an AWS server of this machine: no account, no costs. {MANIFEST} ({size} "
        f"lines) describes what Neon's guide to Postgres backups has one click together: a bucket, "
        f"a role for one branch of one GitHub repository, and who may do what.")
    say("")
    paragraph(
        "The server enforces policies. plan and apply run as a user who may do what "
        "docs/policies/neon-apply.json allows and nothing else, drift and verify as users with "
        "neon-drift.json and neon-verify.json.")


def what_next(binary, seconds):
    with contextlib.suppress(ValueError):
        binary = binary.relative_to(ROOT)
    say("")
    paragraph(f"All of it was as it says ({seconds:.0f} s), and nothing of it is left. With an "
              f"account of your own:")
    say("")
    for line in (
        "cargo install --locked --path .        # or use " + str(binary),
        "export AWS_PROFILE=…                   # or whatever the AWS CLI takes",
        f"s3setup plan {MANIFEST} --set repository=OWNER/NAME",
        "s3setup apply                          # asks before it does anything",
    ):
        say(f"  {line}")
    say("")
    paragraph("README.md has the rest: a manifest of your own, the permissions it takes, and a "
              "scheduled job that tells when something was changed.")


STEPS = iter(range(1, 100))


def step(text):
    say("")
    say("-" * WIDTH)
    paragraph(f"{next(STEPS)}. {text}", indent="   ")
    say("")


def paragraph(text, indent=""):
    for line in textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False):
        say(line)


def say(line):
    # A folder of this machine may make the path of the binary long; nothing else is.
    expect(len(line) <= WIDTH or "/s3setup" in line, f"a line fits {WIDTH} columns: {line}")
    print(line, flush=True)


def expect(condition, text):
    if not condition:
        raise NotAsItSays(f"this should be so and is not: {text}")


if __name__ == "__main__":
    main()
