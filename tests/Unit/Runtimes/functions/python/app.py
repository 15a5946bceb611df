import os
import sys


def echo(event, context):
    return event


def fail(event, context):
    raise TypeError("boom ž")


def show(event, context):
    return {
        "id": context.aws_request_id, "name": context.function_name, "version": context.function_version,
        "memory": context.memory_limit_in_mb, "arn": context.invoked_function_arn, "group": context.log_group_name,
        "stream": context.log_stream_name, "remaining": context.get_remaining_time_in_millis(),
        "trace": os.environ.get("_X_AMZN_TRACE_ID"), "colour": context.client_context.custom["colour"],
        "title": context.client_context.client.app_title, "identity": context.identity.cognito_identity_id, "tenant": context.tenant_id,
    }


def unserializable(event, context):
    return {"set": {1, 2}}


def numbers(event, context):
    from decimal import Decimal

    return {"exact": Decimal("0.10000000000000000000000001"), "text": "ž", "again": [Decimal(5)]}


def leave(event, context):
    print("leaving", end="")
    sys.exit(3)


def log(event, context):
    import logging

    print("printed")
    logging.warning("two\nlines")
    logging.info("not shown by default")
    try:
        raise ValueError("inside")
    except ValueError:
        logging.exception("caught", extra={"order": 7})
    return sys.path[:4]


not_callable = None
