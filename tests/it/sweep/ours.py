# What the account holds beside the neighbours, for the snippets that follow this one.
TAG = {"Key": "foreign", "Value": "yes"}
MARKS = ("managed-by", "s3setup:manifest")


def foreign(name):
    return "foreign" in name


roles = [one["RoleName"] for one in iam.list_roles()["Roles"] if not foreign(one["RoleName"])]
users = [one["UserName"] for one in iam.list_users()["Users"] if not foreign(one["UserName"])]
groups = [one for one in iam.list_groups()["Groups"] if not foreign(one["GroupName"])]
policies = [one["Arn"] for one in iam.list_policies(Scope="Local")["Policies"] if not foreign(one["Arn"])]
providers = [one["Arn"] for one in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
             if not foreign(one["Arn"])]
buckets = [one["Name"] for one in s3.list_buckets()["Buckets"] if not foreign(one["Name"])]
kms_keys = [one["KeyId"] for one in kms.list_keys()["Keys"]
            if not foreign(kms.describe_key(KeyId=one["KeyId"])["KeyMetadata"]["Description"])]
secrets, parameters = client("secretsmanager"), client("ssm")
secret_names = [one["Name"] for one in secrets.list_secrets()["SecretList"] if not foreign(one["Name"])]


def provider_anew(arn, tags):
    # The server adds no audience and takes no tag off: the same is made by hand.
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.create_open_id_connect_provider(
        Url="https://" + found["Url"].removeprefix("https://"), ClientIDList=[*found["ClientIDList"], "foreign"],
        ThumbprintList=found.get("ThumbprintList", []), Tags=tags(found.get("Tags", [])))


def bucket_tags(name):
    try:
        return s3.get_bucket_tagging(Bucket=name)["TagSet"]
    except ClientError:
        return []
