"""Makes a thumbnail of every picture that an S3 event names. Handler: app.handler"""
import io
import os
from urllib.parse import unquote_plus

import boto3
from PIL import Image, ImageOps

LONG_SIDE = 320
PREFIX = os.environ.get("TARGET_PREFIX", "thumbnails/")
BUCKET = os.environ.get("TARGET_BUCKET")

# The endpoint is passed on: boto3 before 1.28 does not read it from the environment itself.
s3 = boto3.client("s3", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


def handler(event, context):
    made = []
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        if not key.startswith(PREFIX):  # else it is our own work, in a bucket that notifies about all of its objects
            made.append(make(bucket, key))
    return made


def make(bucket, key):
    picture = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    image = Image.open(io.BytesIO(picture))
    # Lets a JPEG be decoded at a fraction of its size; twice what is wanted keeps it sharp.
    image.draft("RGB", (LONG_SIDE * 2, LONG_SIDE * 2))
    image = ImageOps.exif_transpose(image)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.LANCZOS)
    jpeg = io.BytesIO()
    flatten(image).save(jpeg, "JPEG", quality=85)
    target = PREFIX + key.rsplit("/", 1)[-1]
    s3.put_object(Bucket=BUCKET or bucket, Key=target, Body=jpeg.getvalue(), ContentType="image/jpeg")
    print(f"{bucket}/{key} ({len(picture)} bytes) -> {target} {image.width}x{image.height} ({jpeg.tell()} bytes)")
    return {"bucket": BUCKET or bucket, "key": target, "width": image.width, "height": image.height}


def flatten(image):
    """JPEG has no transparency: what shines through is white."""
    if image.mode in ("RGBA", "LA", "P"):
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")
