"""Answer Python snippets about an AWS account, one JSON line in, one JSON line out.

boto3 is an AWS client that is not ours: what it sees and changes is independent of s3setup.
It takes half a second to import, so the tests keep one of these running.

A request is {"account": {...}, "snippet": "...", "arguments": {...}}. The snippet sees clients
`s3`, `iam`, `sts`, `kms`, the function `client(service, region, signed)`, and its arguments by name.
If its last statement is an expression, that is the answer.

An answer is {"value": ...}, {"refused": {"status", "code", "message"}} if AWS said no and the
snippet did not catch it, or {"failed": traceback} for everything else.
"""

import ast
import base64
import datetime
import functools
import json
import sys
import time
import traceback

import boto3
import botocore
import botocore.config
import botocore.exceptions
import botocore.response

SERVICES = ("s3", "iam", "sts", "kms")
# One try, so that a test sees the server's first answer; paths, because names do not resolve here.
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
UNSIGNED = botocore.config.Config(signature_version=botocore.UNSIGNED)
SESSION = boto3.Session()
KEPT = {}
KEEP_AT_MOST = 40


def client(account, service, region=None, signed=True):
    """A client for `service` with the account's credentials, or with none."""
    key = (service, region, signed, *account.values())
    if key not in KEPT:
        # Making one takes tens of milliseconds, keeping one some megabytes.
        if len(KEPT) >= KEEP_AT_MOST:
            KEPT.clear()
        KEPT[key] = SESSION.client(
            service,
            endpoint_url=account["endpoint"],
            aws_access_key_id=account["access_key"],
            aws_secret_access_key=account["secret_key"],
            aws_session_token=account["session_token"],
            region_name=region or account["region"],
            config=CONFIG if signed else CONFIG.merge(UNSIGNED),
        )
    return KEPT[key]


def web_identity_token(**claims):
    """A token with these claims and no signature: neither server checks one."""
    claims = {"iat": int(time.time()), "exp": int(time.time()) + 600, **claims}

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def names(account, arguments, tree):
    """What the snippet sees. Only the clients it names are made: each takes some time."""
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {
        "json": json,
        "time": time,
        "web_identity_token": web_identity_token,
        "ClientError": botocore.exceptions.ClientError,
        "client": functools.partial(client, account),
        **{service: client(account, service) for service in SERVICES if service in named},
        **arguments,
    }


def evaluate(account, snippet, arguments):
    """Run the statements; the value of the last one if it is an expression."""
    tree = ast.parse(snippet.strip(), filename="snippet")
    scope = names(account, arguments, tree)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "snippet", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "snippet", "eval"), scope) if last else None


def plain(value):
    """`value` as JSON can say it, without the metadata of responses."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, botocore.response.StreamingBody):
        return plain(value.read())
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def answer(request):
    """The answer to one request."""
    try:
        value = evaluate(request["account"], request["snippet"], request["arguments"])
        return {"value": plain(value)}
    except botocore.exceptions.ClientError as error:
        return {"refused": {
            "status": error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0),
            "code": error.response["Error"].get("Code", ""),
            "message": error.response["Error"].get("Message", ""),
        }}
    except Exception:
        return {"failed": traceback.format_exc()}


def main():
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a snippet prints must not be taken for an answer
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
