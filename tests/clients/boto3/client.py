"""boto3 on a line protocol, so that the tests pay for its start once. Reads one JSON call a line, answers one JSON line each.

A call is {id, endpoint, region, key, secret, token, service, call, input, options}. What stands in "call":
  put_object           a method of the client
  page:list_objects    all pages of a paginator, as a list
  wait:bucket_exists   a waiter
  presign:get_object   a presigned URL
  presign_post         a browser's upload form
  upload               the transfer manager's upload in parts
Bytes are {"$bytes": base64} in both directions; streams are read to their end.
"""
import base64
import datetime
import io
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

clients = {}
gate = threading.Lock()


def client_of(call):
    wanted = (call["endpoint"], call["region"], call["key"], call["secret"], call.get("token"), call["service"])
    with gate:  # sessions are not safe to make clients from side by side
        if wanted not in clients:
            endpoint, region, key, secret, token, service = wanted
            clients[wanted] = boto3.client(
                service,
                endpoint_url=endpoint,
                region_name=region,
                aws_access_key_id=key,
                aws_secret_access_key=secret,
                aws_session_token=token,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=60),
            )
        return clients[wanted]


def decode(value):
    if isinstance(value, dict):
        if list(value) == ["$bytes"]:
            return base64.b64decode(value["$bytes"])
        return {name: decode(item) for name, item in value.items()}
    if isinstance(value, list):
        return [decode(item) for item in value]
    return value


def encode(value):
    if isinstance(value, dict):
        return {str(name): encode(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if hasattr(value, "read"):
        return {"$bytes": base64.b64encode(value.read()).decode()}
    return value


def perform(call):
    client = client_of(call)
    kind, _, name = call["call"].rpartition(":")
    given = decode(call.get("input") or {})
    if kind == "page":
        return list(client.get_paginator(name).paginate(**given))
    if kind == "wait":
        return client.get_waiter(name).wait(**{"WaiterConfig": {"Delay": 0.1, "MaxAttempts": 300}, **given})
    if kind == "presign":
        return client.generate_presigned_url(name, Params=given, **(call.get("options") or {}))
    if name == "upload":  # the transfer manager: multipart from 5 MiB on
        config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
        return client.upload_fileobj(io.BytesIO(given["Body"]), given["Bucket"], given["Key"], ExtraArgs=given.get("ExtraArgs"), Config=config)
    if name == "presign_post":
        return client.generate_presigned_post(**given)
    return getattr(client, name)(**given)


def answer(line):
    call = json.loads(line)
    try:
        out = {"id": call["id"], "result": encode(perform(call))}
    except ClientError as fault:
        error = fault.response.get("Error", {})
        out = {
            "id": call["id"],
            "error": {
                "code": error.get("Code"),
                "message": error.get("Message"),
                "status": fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode"),
                "response": encode(fault.response),
            },
        }
    except (BotoCoreError, Exception) as fault:
        out = {"id": call["id"], "error": {"code": type(fault).__name__, "message": str(fault), "status": 0}}
    text = json.dumps(out)
    with gate:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


with ThreadPoolExecutor(16) as pool:
    for line in sys.stdin:
        pool.submit(answer, line)
